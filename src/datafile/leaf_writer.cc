// SPDX-License-Identifier: Apache-2.0
#include "datafile/leaf_writer.h"

#include <arrow/buffer.h>

#include <algorithm>
#include <bit>
#include <limits>
#include <memory>
#include <string>
#include <utility>

#include "datafile/bloom_texts.h"
#include "datafile/encoding/bit_pack.h"
#include "datafile/encoding/delta_binary.h"
#include "datafile/encoding/delta_text.h"
#include "datafile/encoding/index_packer.h"
#include "datafile/encoding/level_encoder.h"

namespace weir::datafile {
namespace {

using parquet::Encoding;
using signal::LeafKind;

Status Misfit(const parquet::ColumnDescriptor& column, const std::string& what) {
  return Error(ErrorKind::kInternal,
               "encode parquet column " + column.path()->ToDotString() + ": " + what);
}

bool Fits(const signal::Leaf& leaf, const parquet::ColumnDescriptor& column) {
  const parquet::Type::type type = column.physical_type();
  switch (leaf.kind) {
    case LeafKind::kNone: return leaf.level < column.max_definition_level();
    case LeafKind::kBool: return type == parquet::Type::BOOLEAN;
    case LeafKind::kInt: return type == parquet::Type::INT32;
    case LeafKind::kLong: return type == parquet::Type::INT64;
    case LeafKind::kDouble: return type == parquet::Type::DOUBLE;
    case LeafKind::kText:
    case LeafKind::kDictionary: return type == parquet::Type::BYTE_ARRAY;
    case LeafKind::kHexId:
    case LeafKind::kHexDictionary: return type == parquet::Type::BYTE_ARRAY && leaf.id_bytes > 0;
  }
  return false;
}

bool IsDictionary(LeafKind kind) {
  return kind == LeafKind::kDictionary || kind == LeafKind::kHexDictionary;
}

bool IsSigned(const parquet::ColumnDescriptor& column) {
  return column.sort_order() == parquet::SortOrder::SIGNED;
}

std::shared_ptr<arrow::Buffer> Borrow(std::string_view bytes) {
  return std::make_shared<arrow::Buffer>(reinterpret_cast<const uint8_t*>(bytes.data()),
                                         static_cast<int64_t>(bytes.size()));
}

}  // namespace

Result<int64_t> LeafWriter::Write(const signal::Leaf& leaf, const ChunkTarget& target,
                                  ExtraStatistics& extra) {
  if (!Fits(leaf, *target.column)) return Misfit(*target.column, "leaf of another type");
  Start(leaf, target);
  if (leaf.kind == LeafKind::kNone && !leaf.fill) {
    TRY(WriteNone());
  } else {
    if (IsDictionary(leaf.kind)) TRY(WriteDictionary());
    TRY(WritePages());
  }
  return Close(extra);
}

void LeafWriter::Start(const signal::Leaf& leaf, const ChunkTarget& target) {
  leaf_ = &leaf;
  target_ = target;
  // Bounds over all keys and values of a map say nothing.
  has_statistics_ = target.column->max_repetition_level() == 0;
  // Those of bytes that are no text, nobody looks for, and they may be long.
  is_text_ = target.column->logical_type()->is_string();
  has_dictionary_ = has_fallen_back_ = false;
  tries_int_dictionary_ = leaf.kind == LeafKind::kInt || leaf.kind == LeafKind::kLong;
  plain_bytes_ = nans_ = 0;
  statistics_ = {};
  number_encoding_.reset();
  if (!is_for_long_) number_encoding_ = Encoding::DELTA_BINARY_PACKED;
  int_dictionary_.Clear();
  held_.clear();
}

Status LeafWriter::WriteNone() {
  const auto rows = static_cast<size_t>(target_.rows);
  body_.Clear();
  AppendSameLevels(0, rows, target_.column->max_repetition_level(), body_);
  AppendSameLevels(leaf_->level, rows, target_.column->max_definition_level(), body_);
  return Emit({.encoding = Encoding::PLAIN}, target_.rows, 0);
}

Status LeafWriter::WriteDictionary() {
  body_.Clear();
  if (leaf_->kind == LeafKind::kDictionary) {
    dictionary_size_ = leaf_->dictionary.size();
    AppendPlainTexts(leaf_->texts, leaf_->dictionary, body_);
    AddToBloom(leaf_->texts, leaf_->dictionary, target_.bloom);
    if (has_statistics_) used_.Start(leaf_->texts, leaf_->dictionary);
  } else {
    const IdList ids{leaf_->id_dictionary, leaf_->id_bytes};
    dictionary_size_ = ids.size();
    AppendPlainHex(ids, body_);
    AddToBloom(ids, target_.bloom);
    if (has_statistics_) used_.Start(ids);
  }
  if (body_.size() > std::numeric_limits<int32_t>::max()) {
    return Misfit(*target_.column, "dictionary of 2 GiB or more");
  }
  index_width_ = IndexWidth(dictionary_size_, target_.column->max_repetition_level() > 0);
  const parquet::DictionaryPage page(Borrow(body_.view()), static_cast<int32_t>(dictionary_size_),
                                     Encoding::PLAIN);
  plain_bytes_ += target_.pages->WriteDictionaryPage(page);
  has_dictionary_ = true;
  return Status::OK();
}

Status LeafWriter::WritePages() {
  int64_t page_rows = page_rows_;
  for (int64_t begin = 0; begin < target_.rows;) {
    const int64_t rows = std::min(page_rows, target_.rows - begin);
    const bool is_written = TRY(WritePage(begin, rows));
    if (is_written) {
      begin += rows;
    } else {
      page_rows = rows / 2;
    }
  }
  return WriteHeldPages();
}

Result<bool> LeafWriter::WritePage(int64_t begin, int64_t rows) {
  page_.Clear();
  leaf_->fill(begin, begin + rows, page_);
  if (rows > 1 && IsTooLarge()) return false;
  body_.Clear();
  const size_t count = CountValues();
  TRY(AppendLevels(rows, count));
  Values values = TRY(AppendValues());
  if (body_.size() > std::numeric_limits<int32_t>::max()) {
    return Misfit(*target_.column, "row of 2 GiB or more");
  }
  values.count = static_cast<int64_t>(count);
  const size_t entries = !page_.definition.empty()   ? page_.definition.size()
                         : !page_.repetition.empty() ? page_.repetition.size()
                                                     : count;
  TRY(Emit(std::move(values), static_cast<int64_t>(entries), begin));
  return true;
}

/// By what the page takes at most: levels are a fraction of a byte each.
bool LeafWriter::IsTooLarge() const {
  if (is_for_long_ && page_.repetition.size() > kPageEntriesARow * page_rows_) return true;
  size_t bytes = page_.definition.size() / 2 + page_.repetition.size() / 2;
  switch (leaf_->kind) {
    case LeafKind::kText: bytes += BytesOf(leaf_->texts, page_.ints) + page_.ints.size(); break;
    case LeafKind::kHexId: bytes += 2 * page_.bytes.size(); break;
    case LeafKind::kDictionary:
    case LeafKind::kHexDictionary:
      bytes += page_.ints.size() * static_cast<size_t>(index_width_) / 8;
      break;
    default: bytes += page_.ints.size() * 4 + page_.longs.size() * 8 + page_.doubles.size() * 8;
  }
  return bytes > kPageBytesMax;
}

size_t LeafWriter::CountValues() const {
  switch (leaf_->kind) {
    case LeafKind::kNone: return 0;
    case LeafKind::kBool: return page_.bools.size();
    case LeafKind::kLong: return page_.longs.size();
    case LeafKind::kDouble: return page_.doubles.size();
    case LeafKind::kHexId: return page_.bytes.size() / static_cast<size_t>(leaf_->id_bytes);
    default: return page_.ints.size();
  }
}

Status LeafWriter::AppendLevels(int64_t rows, size_t values) {
  const int repetition_max = target_.column->max_repetition_level();
  const auto definition_max = static_cast<uint8_t>(target_.column->max_definition_level());
  size_t entries = values;
  if (repetition_max > 0) {
    entries = page_.repetition.size();
    if (CountLevel(page_.repetition, 0) != static_cast<size_t>(rows)) {
      return Misfit(*target_.column, "repetition levels of another number of rows");
    }
    datafile::AppendLevels(page_.repetition, repetition_max, body_);
  } else {
    entries = static_cast<size_t>(rows);
  }
  if (page_.definition.empty()) {
    if (values != entries) return Misfit(*target_.column, "values missing");
    AppendSameLevels(definition_max, entries, definition_max, body_);
    return Status::OK();
  }
  if (page_.definition.size() != entries ||
      CountLevel(page_.definition, definition_max) != values) {
    return Misfit(*target_.column, "definition levels that fit neither rows nor values");
  }
  datafile::AppendLevels(page_.definition, definition_max, body_);
  return Status::OK();
}

/// Into compressed_; returns its size.
Result<size_t> LeafWriter::CompressBody() {
  compressed_.Clear();
  const size_t room = ZstdCompressor::BytesMax(body_.size());
  const size_t compressed_size = TRY(zstd_.Compress(body_.view(), {compressed_.Room(room), room}));
  compressed_.Advance(compressed_size);
  return compressed_size;
}

Status LeafWriter::Emit(Values values, int64_t entries, int64_t first_row) {
  if (entries > std::numeric_limits<int32_t>::max()) {
    return Misfit(*target_.column, "page of too many entries");
  }
  TRY(CompressBody());
  HeldPage page{.plain_bytes = body_.size(),
                .entries = static_cast<int32_t>(entries),
                .encoding = values.encoding,
                .first_row = first_row};
  nans_ += values.nans;
  if (has_statistics_) {
    page.statistics = statistics_.AddPage(std::move(values.bounds), values.count,
                                          entries - values.count, IsSigned(*target_.column));
  }
  // Whole numbers have a dictionary only when their last page is there.
  if (leaf_->kind == LeafKind::kInt || leaf_->kind == LeafKind::kLong) {
    page.bytes = compressed_.view();
    held_.push_back(std::move(page));
    return Status::OK();
  }
  const parquet::DataPageV1 data(
      Borrow(compressed_.view()), page.entries, page.encoding, Encoding::RLE, Encoding::RLE,
      static_cast<int64_t>(page.plain_bytes), page.statistics, page.first_row);
  plain_bytes_ += target_.pages->WriteDataPage(data);
  return Status::OK();
}

Status LeafWriter::WriteHeldPages() {
  if (has_dictionary_ && !IsDictionary(leaf_->kind)) {
    body_.Clear();
    const auto& numbers = int_dictionary_.numbers();
    for (const int64_t number : numbers)
      body_.Append(&number, leaf_->kind == LeafKind::kInt ? 4 : 8);
    const parquet::DictionaryPage page(Borrow(body_.view()), static_cast<int32_t>(numbers.size()),
                                       Encoding::PLAIN);
    plain_bytes_ += target_.pages->WriteDictionaryPage(page);
  }
  for (const HeldPage& page : held_) {
    const parquet::DataPageV1 data(Borrow(page.bytes), page.entries, page.encoding, Encoding::RLE,
                                   Encoding::RLE, static_cast<int64_t>(page.plain_bytes),
                                   page.statistics, page.first_row);
    plain_bytes_ += target_.pages->WriteDataPage(data);
  }
  return Status::OK();
}

Result<int64_t> LeafWriter::Close(ExtraStatistics& extra) {
  if (has_statistics_) {
    target_.metadata->SetStatistics(statistics_.Encode(IsSigned(*target_.column)));
    const int32_t field_id = target_.column->schema_node()->field_id();
    if (target_.column->physical_type() == parquet::Type::DOUBLE) extra.AddNans(field_id, nans_);
    if (target_.column->physical_type() == parquet::Type::BYTE_ARRAY && statistics_.bounds()) {
      extra.AddTexts(field_id, std::get<std::string>(statistics_.bounds()->lower),
                     std::get<std::string>(statistics_.bounds()->upper));
    }
  }
  target_.pages->Close(has_dictionary_, has_fallen_back_);
  return plain_bytes_;
}

Result<LeafWriter::Values> LeafWriter::AppendValues() {
  switch (leaf_->kind) {
    case LeafKind::kNone: return Values{.encoding = Encoding::PLAIN};
    case LeafKind::kBool: return AppendBools();
    case LeafKind::kInt: return AppendNumbers(page_.ints);
    case LeafKind::kLong: return AppendNumbers(page_.longs);
    case LeafKind::kDouble: return AppendDoubles();
    case LeafKind::kText: return AppendTexts();
    case LeafKind::kHexId: return AppendIds();
    case LeafKind::kDictionary:
    case LeafKind::kHexDictionary: return AppendIndices();
  }
  return Misfit(*target_.column, "no values");
}

Result<LeafWriter::Values> LeafWriter::AppendIndices() {
  if (BitsOf(page_.ints) >= std::bit_ceil(std::max<size_t>(dictionary_size_, 2))) {
    return Misfit(*target_.column, "index beyond the dictionary");
  }
  uint8_t* const marks = has_statistics_ ? used_.MarksFor(page_.ints.size()) : nullptr;
  datafile::AppendIndices(page_.ints, index_width_, marks, body_);
  Values values{.encoding = Encoding::RLE_DICTIONARY};
  if (has_statistics_) values.bounds = TRY(used_.Take(page_.ints));
  return values;
}

template <typename Number>
Result<LeafWriter::Values> LeafWriter::AppendNumbers(const std::vector<Number>& numbers) {
  const std::span<const Number> all(numbers);
  Values values{.encoding = Encoding::DELTA_BINARY_PACKED};
  const std::optional<Bounds> bounds = BoundsOf(all);
  if (has_statistics_) values.bounds = bounds;
  if (tries_int_dictionary_ && bounds) {
    const bool fits =
        int_dictionary_.Add(all, std::get<Number>(bounds->lower), std::get<Number>(bounds->upper));
    tries_int_dictionary_ = fits;
    if (!fits) {
      has_fallen_back_ = has_dictionary_;
    } else {
      has_dictionary_ = true;
      values.encoding = Encoding::RLE_DICTIONARY;
      const int width = IndexWidth(int_dictionary_.numbers().size(), false);
      if (bounds->lower == bounds->upper) {
        AppendSameIndices(int_dictionary_.positions()[0], numbers.size(), width, body_);
      } else {
        datafile::AppendIndices(int_dictionary_.positions(), width, nullptr, body_);
      }
      return values;
    }
  }
  values.encoding = TRY(AppendPlainOrDeltas(all));
  return values;
}

/// Numbers that jump, such as the times of one trace after another's, cost a delta's width for all
/// of a block; of plain ones zstd finds the bytes that stay.
template <typename Number>
Result<Encoding::type> LeafWriter::AppendPlainOrDeltas(std::span<const Number> numbers) {
  const size_t begin = body_.size();
  if (!number_encoding_) {
    AppendDeltas(numbers, body_);
    const size_t deltas = TRY(CompressBody());
    body_.Cut(begin);
    body_.Append(numbers.data(), numbers.size_bytes());
    const size_t plain = TRY(CompressBody());
    body_.Cut(begin);
    number_encoding_ = plain < deltas ? Encoding::PLAIN : Encoding::DELTA_BINARY_PACKED;
  }
  if (*number_encoding_ == Encoding::PLAIN) {
    body_.Append(numbers.data(), numbers.size_bytes());
  } else {
    AppendDeltas(numbers, body_);
  }
  return *number_encoding_;
}

LeafWriter::Values LeafWriter::AppendTexts() {
  Values values{.encoding = Encoding::DELTA_LENGTH_BYTE_ARRAY};
  if (has_statistics_ && is_text_) values.bounds = BoundsOfTexts(leaf_->texts, page_.ints);
  if (leaf_->shares_prefixes) {
    values.encoding = Encoding::DELTA_BYTE_ARRAY;
    AppendTextsWithoutPrefixes(leaf_->texts, page_.ints, lengths_, body_);
  } else {
    datafile::AppendTexts(leaf_->texts, page_.ints, lengths_, body_);
  }
  AddToBloom(leaf_->texts, page_.ints, target_.bloom);
  return values;
}

LeafWriter::Values LeafWriter::AppendIds() {
  const IdList ids{page_.bytes, leaf_->id_bytes};
  Values values{.encoding = Encoding::DELTA_LENGTH_BYTE_ARRAY};
  if (has_statistics_) values.bounds = BoundsOfIds(ids);
  if (leaf_->shares_prefixes) {
    values.encoding = Encoding::DELTA_BYTE_ARRAY;
    AppendHexWithoutPrefixes(ids, lengths_, body_);
  } else {
    AppendHex(ids, body_);
  }
  AddToBloom(ids, target_.bloom);
  return values;
}

LeafWriter::Values LeafWriter::AppendDoubles() {
  Values values{.encoding = Encoding::PLAIN};
  if (has_statistics_) values.bounds = BoundsOf(page_.doubles, values.nans);
  body_.Append(page_.doubles.data(), page_.doubles.size() * sizeof(double));
  return values;
}

LeafWriter::Values LeafWriter::AppendBools() {
  Values values{.encoding = Encoding::PLAIN};
  if (has_statistics_) values.bounds = BoundsOfBools(page_.bools);
  // Packing takes eight at a time.
  const size_t groups = (page_.bools.size() + 7) / 8;
  page_.bools.resize(groups * 8);
  AppendPacked(page_.bools.data(), groups, 1, body_);
  return values;
}

}  // namespace weir::datafile
