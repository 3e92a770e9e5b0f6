// SPDX-License-Identifier: Apache-2.0
#pragma once
// For tests: the rows of a batch as leaves. Arrow's own writer and reader make the levels, so that
// they owe nothing to the code under test.

#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <arrow/record_batch.h>
#include <parquet/column_reader.h>
#include <parquet/file_reader.h>
#include <parquet/schema.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "datafile/parquet_file.h"
#include "datafile/random_rows_fake.h"
#include "signal/leaf_column.h"

namespace weir::datafile {

/// One column of a batch: levels, values, and where each row starts.
class ShreddedColumn {
 public:
  /// `as`: how texts are to come; other columns come as what they are.
  ShreddedColumn(parquet::RowGroupReader& group, int column, signal::LeafKind as)
      : descriptor_(*group.metadata()->schema()->Column(column)), reader_(group.Column(column)) {
    kind_ = as;
    switch (descriptor_.physical_type()) {
      case parquet::Type::BOOLEAN:
        kind_ = signal::LeafKind::kBool;
        Read<parquet::BoolReader>([&](bool value) { page_.bools.push_back(value ? 1 : 0); });
        break;
      case parquet::Type::INT32:
        kind_ = signal::LeafKind::kInt;
        Read<parquet::Int32Reader>([&](int32_t value) { page_.ints.push_back(value); });
        break;
      case parquet::Type::INT64:
        kind_ = signal::LeafKind::kLong;
        Read<parquet::Int64Reader>([&](int64_t value) { page_.longs.push_back(value); });
        break;
      case parquet::Type::DOUBLE:
        kind_ = signal::LeafKind::kDouble;
        Read<parquet::DoubleReader>([&](double value) { page_.doubles.push_back(value); });
        break;
      default:
        Read<parquet::ByteArrayReader>([&](const parquet::ByteArray& value) {
          AddText(std::string(std::string_view(value)));
        });
    }
    MarkRows();
    // A leaf without values says so: by one level where all rows have the same, else by levels
    // alone.
    const auto& levels = page_.definition;
    if (values_ > 0 || levels.empty() || column % 3 == 0) return;
    kind_ = signal::LeafKind::kNone;
    const bool is_same = page_.repetition.size() + 1 == row_starts_.size() &&
                         std::ranges::count(levels, levels.front()) == std::ssize(levels);
    if (is_same) same_level_ = levels.front();
  }

  signal::Leaf leaf() const {
    signal::Leaf leaf{.kind = kind_,
                      .fill = [this](int64_t begin, int64_t end, signal::LeafPage& page) {
                        Fill(static_cast<size_t>(begin), static_cast<size_t>(end), page);
                      }};
    if (same_level_) {
      leaf.fill = nullptr;
      leaf.level = *same_level_;
    }
    leaf.texts = {texts_.data(), ends_};
    leaf.dictionary = numbers_;
    leaf.id_bytes = id_bytes_;
    leaf.id_dictionary = ids_;
    return leaf;
  }

 private:
  template <typename Reader, typename Take>
  void Read(Take take) {
    auto& typed = static_cast<Reader&>(*reader_);
    typename std::decay_t<decltype(typed)>::T value;
    while (typed.HasNext()) {
      int16_t definition = descriptor_.max_definition_level(), repetition = 0;
      int64_t read = 0;
      typed.ReadBatch(1, &definition, &repetition, &value, &read);
      if (descriptor_.max_definition_level() > 0) page_.definition.push_back(definition);
      page_.repetition.push_back(repetition);
      if (read > 0) take(value);
      values_ += static_cast<size_t>(read);
      value_ends_.push_back(values_);
    }
  }

  static char Nibble(char digit) {
    return static_cast<char>(digit <= '9' ? digit - '0' : digit - 'a' + 10);
  }

  void AddText(const std::string& text) {
    const auto [found, is_new] = places_.try_emplace(text, static_cast<int32_t>(places_.size()));
    std::string id;
    const bool is_hex =
        kind_ == signal::LeafKind::kHexId || kind_ == signal::LeafKind::kHexDictionary;
    for (size_t i = 0; is_hex && i + 1 < text.size(); i += 2) {
      id += static_cast<char>(Nibble(text[i]) << 4 | Nibble(text[i + 1]));
    }
    if (is_hex) id_bytes_ = static_cast<int>(id.size());
    if (is_new) {
      // A text that nobody has stands between, so that numbers and positions differ.
      texts_ += "~~~" + text;
      ends_.push_back(ends_.back() + 3);
      ends_.push_back(static_cast<int32_t>(texts_.size()));
      numbers_.push_back(2 * found->second + 1);
      ids_ += id;
    }
    if (kind_ == signal::LeafKind::kHexId) page_.bytes += id;
    page_.ints.push_back(kind_ == signal::LeafKind::kText ? 2 * found->second + 1 : found->second);
  }

  void MarkRows() {
    for (size_t i = 0; i < page_.repetition.size(); ++i) {
      if (page_.repetition[i] == 0) row_starts_.push_back(i);
    }
    row_starts_.push_back(page_.repetition.size());
  }

  void Fill(size_t begin, size_t end, signal::LeafPage& page) const {
    const size_t first = row_starts_[begin], last = row_starts_[end];
    const size_t from = first == 0 ? 0 : value_ends_[first - 1];
    const size_t to = last == 0 ? 0 : value_ends_[last - 1];
    const auto copy = [](const auto& source, size_t a, size_t b, auto& out) {
      if (b <= source.size()) out.assign(source.begin() + a, source.begin() + b);
    };
    // Where every entry has a value the levels are left out.
    if (to - from != last - first) copy(page_.definition, first, last, page.definition);
    if (descriptor_.max_repetition_level() > 0)
      copy(page_.repetition, first, last, page.repetition);
    if (kind_ != signal::LeafKind::kHexId) copy(page_.ints, from, to, page.ints);
    copy(page_.longs, from, to, page.longs);
    copy(page_.doubles, from, to, page.doubles);
    copy(page_.bools, from, to, page.bools);
    const auto width = static_cast<size_t>(id_bytes_);
    if (kind_ == signal::LeafKind::kHexId) {
      copy(page_.bytes, from * width, to * width, page.bytes);
    }
  }

  const parquet::ColumnDescriptor& descriptor_;
  const std::shared_ptr<parquet::ColumnReader> reader_;
  signal::LeafKind kind_;
  signal::LeafPage page_;
  size_t values_ = 0;
  std::optional<uint8_t> same_level_;
  std::vector<size_t> value_ends_;  // By entry.
  std::vector<size_t> row_starts_;  // In entries; one more than there are rows.
  std::string texts_, ids_;
  std::vector<int32_t> ends_ = {0}, numbers_;
  std::map<std::string, int32_t> places_;
  int id_bytes_ = 16;
};

/// How texts come, by the path of their column; others as kText.
using TextKinds = std::map<std::string, signal::LeafKind>;

/// All columns of one batch.
class ShreddedRows {
 public:
  ShreddedRows(const std::shared_ptr<arrow::RecordBatch>& batch, const TextKinds& kinds)
      : rows_(batch->num_rows()) {
    auto writer =
        ParquetWriter::Open(batch->schema(), {.row_group_rows = int64_t{1} << 30}).ValueOrDie();
    Must(writer->Append(batch));
    file_ = parquet::ParquetFileReader::Open(
        std::make_shared<arrow::io::BufferReader>(writer->Finish().ValueOrDie().bytes));
    group_ = file_->RowGroup(0);
    for (int i = 0; i < file_->metadata()->num_columns(); ++i) {
      const auto found = kinds.find(file_->metadata()->schema()->Column(i)->path()->ToDotString());
      const auto kind = found == kinds.end() ? signal::LeafKind::kText : found->second;
      columns_.push_back(std::make_unique<ShreddedColumn>(*group_, i, kind));
    }
  }

  int64_t rows() const { return rows_; }
  const std::vector<std::unique_ptr<ShreddedColumn>>& columns() const { return columns_; }

 private:
  const int64_t rows_;
  std::unique_ptr<parquet::ParquetFileReader> file_;
  std::shared_ptr<parquet::RowGroupReader> group_;
  std::vector<std::unique_ptr<ShreddedColumn>> columns_;
};

}  // namespace weir::datafile
