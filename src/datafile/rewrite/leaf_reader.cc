// SPDX-License-Identifier: Apache-2.0
#include "datafile/rewrite/leaf_reader.h"

#include <fmt/format.h>
#include <parquet/column_reader.h>

#include <algorithm>
#include <limits>
#include <memory>

namespace weir::datafile {
namespace {

using signal::LeafKind;

constexpr int64_t kBatchEntries = 8192;

Status Contradiction(const std::string& what) {
  return Error(ErrorKind::kBadRequest, "read parquet column: " + what);
}

}  // namespace

Result<LeafReader> LeafReader::Open(const parquet::ColumnDescriptor& column) {
  StoredLeaf leaf{.is_optional = column.max_definition_level() > 0,
                  .is_repeated = column.max_repetition_level() > 0,
                  .definition_max = static_cast<uint8_t>(column.max_definition_level())};
  switch (column.physical_type()) {
    case parquet::Type::BOOLEAN: leaf.kind = LeafKind::kBool; break;
    case parquet::Type::INT32: leaf.kind = LeafKind::kInt; break;
    case parquet::Type::INT64: leaf.kind = LeafKind::kLong; break;
    case parquet::Type::DOUBLE: leaf.kind = LeafKind::kDouble; break;
    case parquet::Type::BYTE_ARRAY: leaf.kind = LeafKind::kDictionary; break;
    default:
      return Contradiction(fmt::format("{} is of type {}", column.path()->ToDotString(),
                                       parquet::TypeToString(column.physical_type())));
  }
  return LeafReader(std::move(leaf));
}

Status LeafReader::Append(parquet::RowGroupReader& group, int column) {
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
  return MarkRows(first_entry, first_value, group.metadata()->num_rows());
}

template <typename Reader, typename Value>
Status LeafReader::AppendNumbers(parquet::ColumnReader& reader, std::vector<Value>& values) {
  auto& typed = static_cast<Reader&>(reader);
  // No vector: that of bool has no data().
  const auto room = std::make_unique<typename Reader::T[]>(kBatchEntries);
  definition_.resize(kBatchEntries);
  repetition_.resize(kBatchEntries);
  while (typed.HasNext()) {
    int64_t read = 0;
    const int64_t entries =
        typed.ReadBatch(kBatchEntries, definition_.data(), repetition_.data(), room.get(), &read);
    TRY(AppendLevels(entries, read));
    values.insert(values.end(), room.get(), room.get() + read);
  }
  return Status::OK();
}

Status LeafReader::AppendTexts(parquet::ColumnReader& reader) {
  auto& typed = static_cast<parquet::ByteArrayReader&>(reader);
  std::vector<parquet::ByteArray> batch(kBatchEntries);
  definition_.resize(kBatchEntries);
  repetition_.resize(kBatchEntries);
  while (typed.HasNext()) {
    int64_t read = 0;
    const int64_t entries =
        typed.ReadBatch(kBatchEntries, definition_.data(), repetition_.data(), batch.data(), &read);
    TRY(AppendLevels(entries, read));
    for (int64_t i = 0; i < read; ++i) {
      leaf_.ints.push_back(NewText({reinterpret_cast<const char*>(batch[i].ptr), batch[i].len}));
    }
    leaf_.single_texts += read;
    if (leaf_.text_bytes.size() > static_cast<size_t>(std::numeric_limits<int32_t>::max())) {
      return Error(ErrorKind::kInternal, "read parquet column: texts of 2 GiB or more");
    }
  }
  return Status::OK();
}

Status LeafReader::AppendIndices(parquet::ColumnReader& reader) {
  auto& typed = static_cast<parquet::ByteArrayReader&>(reader);
  indices_.resize(kBatchEntries);
  definition_.resize(kBatchEntries);
  repetition_.resize(kBatchEntries);
  std::vector<int32_t> numbers;  // Ours, by the chunk's.
  while (typed.HasNext()) {
    int64_t read = 0;
    const parquet::ByteArray* dictionary = nullptr;
    int32_t size = 0;
    const int64_t entries =
        typed.ReadBatchWithDictionary(kBatchEntries, definition_.data(), repetition_.data(),
                                      indices_.data(), &read, &dictionary, &size);
    TRY(AppendLevels(entries, read));
    for (auto i = static_cast<int32_t>(numbers.size()); dictionary != nullptr && i < size; ++i) {
      const std::string_view text(reinterpret_cast<const char*>(dictionary[i].ptr),
                                  dictionary[i].len);
      const auto [known, is_new] = numbers_.try_emplace(std::string(text), 0);
      if (is_new) known->second = NewText(text);
      numbers.push_back(known->second);
    }
    for (int64_t i = 0; i < read; ++i) {
      if (static_cast<size_t>(indices_[i]) >= numbers.size()) {
        return Contradiction("an index beyond the dictionary");
      }
      leaf_.ints.push_back(numbers[static_cast<size_t>(indices_[i])]);
    }
  }
  return Status::OK();
}

/// Keeps the levels of a batch. `values`: how many of its entries have one.
Status LeafReader::AppendLevels(int64_t entries, int64_t values) {
  if (!leaf_.is_optional) {
    return entries == values ? Status::OK() : Contradiction("a value is missing");
  }
  const auto end = definition_.begin() + entries;
  if (std::count(definition_.begin(), end, int16_t{leaf_.definition_max}) != values) {
    return Contradiction("definition levels of another number of values");
  }
  leaf_.definition.insert(leaf_.definition.end(), definition_.begin(), end);
  if (leaf_.is_repeated) {
    leaf_.repetition.insert(leaf_.repetition.end(), repetition_.begin(),
                            repetition_.begin() + entries);
  }
  return Status::OK();
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
  size_t value = first_value;
  for (size_t entry = first_entry; entry < leaf_.definition.size(); ++entry) {
    if (!leaf_.is_repeated || leaf_.repetition[entry] == 0) {
      leaf_.row_values.push_back(static_cast<uint32_t>(value));
      if (leaf_.is_repeated) leaf_.row_entries.push_back(static_cast<uint32_t>(entry));
    } else if (entry == first_entry) {
      return Contradiction("a row that does not begin");
    }
    if (leaf_.definition[entry] == leaf_.definition_max) ++value;
  }
  return std::ssize(leaf_.row_values) == leaf_.rows ? Status::OK()
                                                    : Contradiction("a row is missing");
}

int32_t LeafReader::NewText(std::string_view text) {
  leaf_.text_bytes += text;
  leaf_.text_ends.push_back(static_cast<int32_t>(leaf_.text_bytes.size()));
  return static_cast<int32_t>(leaf_.num_texts() - 1);
}

}  // namespace weir::datafile
