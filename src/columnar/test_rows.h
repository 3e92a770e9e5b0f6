// SPDX-License-Identifier: Apache-2.0
#pragma once
// For tests: requests in, rows out as text.

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "columnar/table_rows.h"
#include "columnar/test_wire.h"

namespace weir::columnar {

// 2023-11-14T22:13:20Z, the day 19675.
inline constexpr int64_t kReceivedNanos = 1'700'000'000'000'000'000;

/// One value: texts as they are, `null`, `[a, b]` for lists, `{k: v}` for maps and structs.
inline std::string CellText(const arrow::Array& array, int64_t row);

inline std::string RangeText(const arrow::Array& values, int64_t begin, int64_t end) {
  std::string out;
  for (int64_t i = begin; i < end; ++i) out += (i > begin ? ", " : "") + CellText(values, i);
  return out;
}

inline std::string MapText(const arrow::MapArray& map, int64_t row) {
  std::string out;
  for (int64_t i = map.value_offset(row); i < map.value_offset(row + 1); ++i) {
    out += (out.empty() ? "" : ", ") + CellText(*map.keys(), i) + ": " + CellText(*map.items(), i);
  }
  return "{" + out + "}";
}

inline std::string StructText(const arrow::StructArray& array, int64_t row) {
  std::string out;
  for (int i = 0; i < array.num_fields(); ++i) {
    out += (i > 0 ? ", " : "") + array.type()->field(i)->name() + ": " +
           CellText(*array.field(i), row);
  }
  return "{" + out + "}";
}

inline std::string CellText(const arrow::Array& array, int64_t row) {
  if (array.IsNull(row)) return "null";
  switch (array.type_id()) {
    case arrow::Type::BINARY:
      return HexEncode(static_cast<const arrow::BinaryArray&>(array).GetView(row));
    case arrow::Type::STRING: return static_cast<const arrow::StringArray&>(array).GetString(row);
    case arrow::Type::INT32:
      return fmt::to_string(static_cast<const arrow::Int32Array&>(array).Value(row));
    case arrow::Type::DATE32:
      return fmt::to_string(static_cast<const arrow::Date32Array&>(array).Value(row));
    case arrow::Type::INT64:
      return fmt::to_string(static_cast<const arrow::Int64Array&>(array).Value(row));
    case arrow::Type::TIMESTAMP:
      return fmt::to_string(static_cast<const arrow::TimestampArray&>(array).Value(row));
    case arrow::Type::DOUBLE:
      return fmt::format("{}", static_cast<const arrow::DoubleArray&>(array).Value(row));
    case arrow::Type::BOOL:
      return static_cast<const arrow::BooleanArray&>(array).Value(row) ? "true" : "false";
    case arrow::Type::DICTIONARY: {
      const auto& encoded = static_cast<const arrow::DictionaryArray&>(array);
      return CellText(*encoded.dictionary(), encoded.GetValueIndex(row));
    }
    case arrow::Type::MAP: return MapText(static_cast<const arrow::MapArray&>(array), row);
    case arrow::Type::STRUCT: return StructText(static_cast<const arrow::StructArray&>(array), row);
    case arrow::Type::LIST: {
      const auto& list = static_cast<const arrow::ListArray&>(array);
      return "[" + RangeText(*list.values(), list.value_offset(row), list.value_offset(row + 1)) +
             "]";
    }
    default: return "a type that no table has: " + array.type()->ToString();
  }
}

/// All cells of `array`.
inline std::vector<std::string> Cells(const arrow::Array& array) {
  std::vector<std::string> cells;
  for (int64_t row = 0; row < array.length(); ++row) cells.push_back(CellText(array, row));
  return cells;
}

/// A dead letter as a test sees it.
struct KeptLetter {
  std::string reason, detail, service_name, original;
  signal::Encoding encoding = signal::Encoding::kProtobuf;
  bool is_cut = false;
};

/// Keeps copies of `room` letters.
class KeptLetters final : public signal::DeadLetters {
 public:
  bool HasRoom() const override { return letters.size() < room; }
  void Add(const signal::DeadLetter& letter) override {
    letters.push_back({std::string(letter.reason), std::string(letter.detail),
                       std::string(letter.service_name), std::string(letter.original),
                       letter.encoding, letter.is_cut});
  }

  size_t room = SIZE_MAX;
  std::vector<KeptLetter> letters;
};

/// Rows of one table that requests are appended to, with limits that a test may change before the
/// first.
class TestRows {
 public:
  explicit TestRows(signal::Signal signal, DecodeLimits limits = {})
      : signal_(signal), options_{.limits = limits}, rows_(NewTableRows(signal, options_)) {}

  Result<signal::ExportOutcome> TryAppend(signal::ExportRequest request) {
    request.signal = signal_;
    if (request.received_unix_nano == 0) request.received_unix_nano = kReceivedNanos;
    return rows_->Append(request, {.writer = 7, .sequence = ++sequence_}, letters_);
  }
  signal::ExportOutcome Append(std::string body) {
    const auto outcome = TryAppend({.body = std::move(body)});
    EXPECT_TRUE(outcome.ok()) << outcome.status().ToString();
    return outcome.ValueOr(signal::ExportOutcome());
  }
  /// Why the only record of a request is refused; empty where it is kept.
  std::string Refusal(std::string_view record) {
    const int64_t rows_before = num_rows();
    const auto outcome = Append(wire::Request({std::string(record)}));
    EXPECT_EQ(num_rows() - rows_before, outcome.accepted);
    return outcome.reason;
  }

  signal::RowColumns& columns() { return *rows_; }
  KeptLetters& letters() { return letters_; }
  int64_t num_rows() const { return rows_->num_rows(); }

  /// The rows in the order of requests. Nothing can be appended after.
  std::shared_ptr<arrow::RecordBatch> Batch() {
    std::vector<int32_t> rows(static_cast<size_t>(num_rows()));
    std::iota(rows.begin(), rows.end(), 0);
    auto batch = rows_->Gather(rows);
    EXPECT_TRUE(batch->ValidateFull().ok()) << batch->ValidateFull().ToString();
    return batch;
  }
  std::vector<std::string> Column(const std::string& name) {
    return Cells(*Batch()->GetColumnByName(name));
  }
  /// The only row's value.
  std::string Cell(const std::string& name) {
    const auto cells = Column(name);
    EXPECT_EQ(cells.size(), 1u) << name;
    return cells.empty() ? "no row" : cells.front();
  }

 private:
  const signal::Signal signal_;
  const TableRowsOptions options_;
  std::unique_ptr<signal::SignalRows> rows_;
  KeptLetters letters_;
  uint64_t sequence_ = 0;
};

/// A line a column, `name: value`, of one row; columns that are null are left out.
inline std::string RowText(const arrow::RecordBatch& batch, int64_t row) {
  std::string out = "\n";
  for (int i = 0; i < batch.num_columns(); ++i) {
    const std::string cell = CellText(*batch.column(i), row);
    if (cell != "null") out += batch.column_name(i) + ": " + cell + "\n";
  }
  return out;
}

}  // namespace weir::columnar
