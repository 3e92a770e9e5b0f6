// SPDX-License-Identifier: Apache-2.0
#include "datafile/rewrite/leaf_reader.h"

#include <fmt/format.h>
#include <parquet/column_reader.h>
#include <parquet/metadata.h>
#include <parquet/statistics.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <span>

#include "datafile/encoding/level_encoder.h"

namespace weir::datafile {
namespace {

using signal::LeafKind;

constexpr int64_t kBatchEntries = 8192;
constexpr int64_t kPlainTextsTried = 64 << 10;
constexpr size_t kTextBytesMax = std::numeric_limits<int32_t>::max();

Status Contradiction(const std::string& what) {
  return Error(ErrorKind::kBadRequest, "read parquet column: " + what);
}

void AppendNarrowed(const std::vector<int16_t>& levels, size_t count, std::vector<uint8_t>& to) {
  const size_t first = to.size();
  to.resize(first + count);
  for (size_t i = 0; i < count; ++i) to[first + i] = static_cast<uint8_t>(levels[i]);
}

}  // namespace

Status LeafReader::Start(const parquet::ColumnDescriptor& column, int64_t entries) {
  leaf_.Clear();
  numbers_.Clear();
  plain_texts_ = repeated_texts_ = 0;
  leaf_.is_optional = column.max_definition_level() > 0;
  leaf_.is_repeated = column.max_repetition_level() > 0;
  leaf_.definition_max = static_cast<uint8_t>(column.max_definition_level());
  if (leaf_.is_optional) leaf_.definition.reserve(static_cast<size_t>(entries));
  if (leaf_.is_repeated) leaf_.repetition.reserve(static_cast<size_t>(entries));
  switch (column.physical_type()) {
    case parquet::Type::BOOLEAN: leaf_.kind = LeafKind::kBool; break;
    case parquet::Type::INT32: leaf_.kind = LeafKind::kInt; break;
    case parquet::Type::INT64: leaf_.kind = LeafKind::kLong; break;
    case parquet::Type::DOUBLE: leaf_.kind = LeafKind::kDouble; break;
    case parquet::Type::BYTE_ARRAY: leaf_.kind = LeafKind::kDictionary; break;
    default:
      return Contradiction(fmt::format("{} is of type {}", column.path()->ToDotString(),
                                       parquet::TypeToString(column.physical_type())));
  }
  return Status::OK();
}

bool LeafReader::AreNull(const parquet::RowGroupMetaData& group, int column) {
  const auto chunk = group.ColumnChunk(column);
  const parquet::ColumnDescriptor& descriptor = *group.schema()->Column(column);
  // Of more levels than one it is not known which.
  if (descriptor.max_repetition_level() > 0 || descriptor.max_definition_level() != 1) return false;
  const auto statistics = chunk->is_stats_set() ? chunk->encoded_statistics() : nullptr;
  return statistics != nullptr && statistics->has_null_count &&
         statistics->null_count == group.num_rows() && chunk->num_values() == group.num_rows();
}

Status LeafReader::Append(parquet::RowGroupReader& group, int column) {
  if (leaf_.is_optional && AreNull(*group.metadata(), column)) {
    AppendNulls(group.metadata()->num_rows());
    return Status::OK();
  }
  const auto reader = group.ColumnWithExposeEncoding(column, parquet::ExposedEncoding::DICTIONARY);
  const size_t first_entry = leaf_.definition.size();
  const auto first_value = static_cast<size_t>(leaf_.num_values());
  switch (leaf_.kind) {
    case LeafKind::kBool: TRY((AppendNumbers<parquet::BoolReader>(*reader, leaf_.bools))); break;
    case LeafKind::kInt: TRY((AppendNumbers<parquet::Int32Reader>(*reader, leaf_.ints))); break;
    case LeafKind::kLong: TRY((AppendNumbers<parquet::Int64Reader>(*reader, leaf_.longs))); break;
    case LeafKind::kDouble:
      TRY((AppendNumbers<parquet::DoubleReader>(*reader, leaf_.doubles)));
      break;
    default:
      TRY(reader->GetExposedEncoding() == parquet::ExposedEncoding::DICTIONARY
              ? AppendIndices(*reader)
              : AppendTexts(*reader));
  }
  const auto encodings = group.metadata()->ColumnChunk(column)->encodings();
  leaf_.shares_prefixes |= std::ranges::count(encodings, parquet::Encoding::DELTA_BYTE_ARRAY) > 0;
  return MarkRows(first_entry, first_value, group.metadata()->num_rows());
}

void LeafReader::AppendNulls(int64_t rows) {
  leaf_.rows += rows;
  for (int64_t row = 0; leaf_.is_repeated && row < rows; ++row) {
    leaf_.row_entries.push_back(static_cast<uint32_t>(leaf_.definition.size() + row));
    leaf_.repetition.push_back(0);
  }
  leaf_.definition.resize(leaf_.definition.size() + static_cast<size_t>(rows), 0);
  leaf_.row_values.resize(leaf_.row_values.size() + static_cast<size_t>(rows),
                          static_cast<uint32_t>(leaf_.num_values()));
}

Status LeafReader::Append(const ColumnValues& values) {
  leaf_.rows += values.num_rows();
  for (int64_t row = 0; row < values.num_rows(); ++row) {
    leaf_.row_values.push_back(static_cast<uint32_t>(leaf_.num_values()));
    leaf_.definition.push_back(values.has_value(row) ? leaf_.definition_max : 0);
    if (!values.has_value(row)) continue;
    switch (leaf_.kind) {
      case LeafKind::kBool: leaf_.bools.push_back(values.bool_at(row) ? 1 : 0); break;
      case LeafKind::kInt: leaf_.ints.push_back(values.int_at(row)); break;
      case LeafKind::kLong: leaf_.longs.push_back(values.long_at(row)); break;
      case LeafKind::kDouble: leaf_.doubles.push_back(values.double_at(row)); break;
      default: leaf_.ints.push_back(FindText(values.text_at(row)));
    }
  }
  return CheckTexts();
}

template <typename Read, typename Keep>
Status LeafReader::AppendBatches(parquet::ColumnReader& reader, Read read, Keep keep) {
  definition_.resize(kBatchEntries);
  repetition_.resize(kBatchEntries);
  while (reader.HasNext()) {
    const Batch batch = read();
    TRY(AppendLevels(batch));
    TRY(keep(batch.values));
  }
  return Status::OK();
}

template <typename Reader, typename Value>
Status LeafReader::AppendNumbers(parquet::ColumnReader& reader, std::vector<Value>& values) {
  auto& typed = static_cast<Reader&>(reader);
  // No vector: that of bool has no data().
  const auto room = std::make_unique<typename Reader::T[]>(kBatchEntries);
  const auto read = [&] {
    Batch batch;
    batch.entries = typed.ReadBatch(kBatchEntries, definition_.data(), repetition_.data(),
                                    room.get(), &batch.values);
    return batch;
  };
  return AppendBatches(reader, read, [&](int64_t count) {
    values.insert(values.end(), room.get(), room.get() + count);
    return Status::OK();
  });
}

Status LeafReader::AppendTexts(parquet::ColumnReader& reader) {
  auto& typed = static_cast<parquet::ByteArrayReader&>(reader);
  std::vector<parquet::ByteArray> texts(kBatchEntries);
  const auto read = [&] {
    Batch batch;
    batch.entries = typed.ReadBatch(kBatchEntries, definition_.data(), repetition_.data(),
                                    texts.data(), &batch.values);
    return batch;
  };
  return AppendBatches(reader, read, [&](int64_t count) {
    for (int64_t i = 0; i < count; ++i) {
      leaf_.ints.push_back(NumberOfPlain(std::string_view(texts[i])));
    }
    return CheckTexts();
  });
}

Status LeafReader::AppendIndices(parquet::ColumnReader& reader) {
  auto& typed = static_cast<parquet::ByteArrayReader&>(reader);
  std::vector<int32_t> indices(kBatchEntries);
  std::vector<int32_t> numbers;  // Ours, by the chunk's.
  const auto read = [&] {
    Batch batch;
    const parquet::ByteArray* dictionary = nullptr;
    int32_t size = 0;
    batch.entries =
        typed.ReadBatchWithDictionary(kBatchEntries, definition_.data(), repetition_.data(),
                                      indices.data(), &batch.values, &dictionary, &size);
    for (auto i = static_cast<int32_t>(numbers.size()); dictionary != nullptr && i < size; ++i) {
      if (leaf_.text_bytes.size() + dictionary[i].len > kTextBytesMax)
        break;  // No index fits then.
      numbers.push_back(FindText(std::string_view(dictionary[i])));
    }
    return batch;
  };
  return AppendBatches(reader, read, [&](int64_t count) -> Status {
    const size_t first = leaf_.ints.size();
    leaf_.ints.resize(first + static_cast<size_t>(count));
    for (int64_t i = 0; i < count; ++i) {
      if (static_cast<size_t>(indices[i]) >= numbers.size()) {
        return Contradiction("an index beyond the dictionary");
      }
      leaf_.ints[first + static_cast<size_t>(i)] = numbers[static_cast<size_t>(indices[i])];
    }
    return CheckTexts();
  });
}

/// Keeps the levels of a batch.
Status LeafReader::AppendLevels(Batch batch) {
  const auto [entries, values] = batch;
  if (!leaf_.is_optional) {
    return entries == values ? Status::OK() : Contradiction("a value is missing");
  }
  const auto count = static_cast<size_t>(entries);
  AppendNarrowed(definition_, count, leaf_.definition);
  if (leaf_.is_repeated) AppendNarrowed(repetition_, count, leaf_.repetition);
  const auto added = std::span(leaf_.definition).last(count);
  if (static_cast<int64_t>(CountLevel(added, leaf_.definition_max)) == values) return Status::OK();
  return Contradiction("definition levels of another number of values");
}

/// Finds where the rows of the entries from `first_entry` on begin; there must be `rows` of them.
Status LeafReader::MarkRows(size_t first_entry, size_t first_value, int64_t rows) {
  leaf_.rows += rows;
  if (!leaf_.is_optional) {
    return leaf_.num_values() == leaf_.rows ? Status::OK() : Contradiction("a row is missing");
  }
  if (leaf_.definition.size() > std::numeric_limits<uint32_t>::max()) {
    return Error(ErrorKind::kInternal, "read parquet column: too many entries");
  }
  const size_t entries = leaf_.definition.size() - first_entry;
  const auto begins =
      leaf_.is_repeated ? std::span(leaf_.repetition).last(entries) : std::span<const uint8_t>();
  if (!begins.empty() && begins.front() != 0) return Contradiction("a row that does not begin");
  const size_t begun = leaf_.is_repeated ? CountLevel(begins, 0) : entries;
  if (static_cast<int64_t>(begun) != rows) return Contradiction("a row is missing");
  MarkEntries(first_entry, first_value, begun);
  return Status::OK();
}

/// Written without branches: whether an entry begins a row, or has a value, is as good as random.
void LeafReader::MarkEntries(size_t first_entry, size_t first_value, size_t rows) {
  const size_t entries = leaf_.definition.size();
  const uint8_t* const definition = leaf_.definition.data();
  size_t row = leaf_.row_values.size();
  auto value = static_cast<uint32_t>(first_value);
  leaf_.row_values.resize(row + rows + 1);  // One more: entries that begin no row write there.
  uint32_t* const row_values = leaf_.row_values.data();
  if (!leaf_.is_repeated) {
    for (size_t entry = first_entry; entry < entries; ++entry) {
      row_values[row++] = value;
      value += definition[entry] == leaf_.definition_max;
    }
  } else {
    const uint8_t* const repetition = leaf_.repetition.data();
    leaf_.row_entries.resize(row + rows + 1);
    uint32_t* const row_entries = leaf_.row_entries.data();
    for (size_t entry = first_entry; entry < entries; ++entry) {
      // Written for every entry, kept for those that begin a row.
      row_values[row] = value;
      row_entries[row] = static_cast<uint32_t>(entry);
      row += repetition[entry] == 0;
      value += definition[entry] == leaf_.definition_max;
    }
    leaf_.row_entries.pop_back();
  }
  leaf_.row_values.pop_back();
}

Status LeafReader::CheckTexts() const {
  if (leaf_.text_bytes.size() <= kTextBytesMax) return Status::OK();
  return Error(ErrorKind::kInternal, "read parquet column: texts of 2 GiB or more");
}

/// A text that came without a dictionary may repeat all the same, the more so where several files
/// come together. Looked up until it is clear that few do.
int32_t LeafReader::NumberOfPlain(std::string_view text) {
  ++plain_texts_;
  if (plain_texts_ > kPlainTextsTried && repeated_texts_ < kPlainTextsTried / 8) {
    return NewText(text);
  }
  const int64_t known = leaf_.num_texts();
  const int32_t number = FindText(text);
  if (number < known) ++repeated_texts_;
  return number;
}

int32_t LeafReader::FindText(std::string_view text) {
  const auto add = [this](std::string_view added) { return NewText(added); };
  return numbers_.Find(text, leaf_.text_bytes, leaf_.text_ends, add);
}

int32_t LeafReader::NewText(std::string_view text) {
  leaf_.text_bytes += text;
  leaf_.text_ends.push_back(static_cast<int32_t>(leaf_.text_bytes.size()));
  return static_cast<int32_t>(leaf_.num_texts() - 1);
}

}  // namespace weir::datafile
