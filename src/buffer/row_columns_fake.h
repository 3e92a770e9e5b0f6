// SPDX-License-Identifier: Apache-2.0
#pragma once
// For tests: a decoder of requests whose bodies are row numbers in words.

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include <charconv>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "signal/published_table.h"
#include "signal/row_columns.h"

namespace weir::buffer {

inline constexpr int32_t kFakeDate = 20'777;  // 2026-11-20
inline constexpr int64_t kFakeRowBytes = 100;
inline constexpr int64_t kFakeTraceRows = 3;  // Neighbouring numbers are one trace.
inline constexpr int64_t kFakeCountMax = 1000;
inline constexpr int64_t kFakeEmptyBytes = 10;  // What columns take before their first row.

/// The numbers that stand for rows.
class NumberList {
 public:
  virtual ~NumberList() = default;
  const std::vector<int64_t>& rows() const { return rows_; }

 protected:
  std::vector<int64_t> rows_;
};

/// Rows that are numbers: `n` is of day kFakeDate + n % 2. `Base`: the interface to fill. One
/// thread.
template <typename Base>
class NumberRows : public Base, public NumberList {
 public:
  explicit NumberRows(signal::Table table) : table_(table) {}

  int64_t num_rows() const override { return static_cast<int64_t>(rows_.size()); }
  int64_t byte_size() const override { return kFakeEmptyBytes + num_rows() * kFakeRowBytes; }
  void Truncate(int64_t num_rows) override { rows_.resize(static_cast<size_t>(num_rows)); }

  /// Columns `record_id` (the number in decimal) and `date` of the published table; the trace index
  /// has `trace_id` instead.
  std::shared_ptr<arrow::Schema> schema() const override {
    const arrow::Schema& whole = *signal::Published(table_).schema;
    const bool is_index = table_ == signal::Table::kTraceIndex;
    return arrow::schema(
        {whole.GetFieldByName(is_index ? "trace_id" : "record_id"), whole.GetFieldByName("date")});
  }

  std::vector<signal::DayRows> SortIntoDays() override {
    std::map<int32_t, std::vector<int32_t>> days;
    for (size_t i = 0; i < rows_.size(); ++i) {
      days[DateOf(rows_[i])].push_back(static_cast<int32_t>(i));
    }
    std::vector<signal::DayRows> sorted;
    for (auto& [date, rows] : days) sorted.push_back({date, std::move(rows)});
    return sorted;
  }

  std::shared_ptr<arrow::RecordBatch> Gather(std::span<const int32_t> rows) override {
    arrow::StringBuilder ids;
    arrow::Date32Builder dates;
    for (const int32_t row : rows) {
      if (!ids.Append(std::to_string(rows_[row])).ok()) return nullptr;
      if (!dates.Append(DateOf(rows_[row])).ok()) return nullptr;
    }
    return arrow::RecordBatch::Make(schema(), static_cast<int64_t>(rows.size()),
                                    {ids.Finish().ValueOrDie(), dates.Finish().ValueOrDie()});
  }

  Status WriteTo(std::span<const int32_t> rows, signal::LeafSink& sink) override {
    std::string bytes;
    std::vector<int32_t> ends = {0}, numbers;
    for (const int32_t row : rows) {
      bytes += std::to_string(rows_[row]);
      ends.push_back(static_cast<int32_t>(bytes.size()));
      numbers.push_back(static_cast<int32_t>(numbers.size()));
    }
    signal::Leaf ids{.kind = signal::LeafKind::kText};
    ids.texts = {bytes.data(), ends};
    ids.fill = [&](int64_t begin, int64_t end, signal::LeafPage& page) {
      page.ints.assign(numbers.begin() + begin, numbers.begin() + end);
    };
    TRY(sink.Add(ids));
    signal::Leaf dates{.kind = signal::LeafKind::kInt};
    dates.fill = [&](int64_t begin, int64_t end, signal::LeafPage& page) {
      for (int64_t i = begin; i < end; ++i) page.ints.push_back(DateOf(rows_[rows[i]]));
    };
    return sink.Add(dates);
  }

 private:
  static int32_t DateOf(int64_t row) { return kFakeDate + static_cast<int32_t>(row % 2); }

  const signal::Table table_;
};

/// A number is trace * kFakeCountMax + count.
class TraceIndexFake final : public NumberRows<signal::RowColumns> {
 public:
  explicit TraceIndexFake(const std::vector<int64_t>& spans)
      : NumberRows(signal::Table::kTraceIndex) {
    std::map<int64_t, int64_t> counts;
    for (const int64_t span : spans) ++counts[span / kFakeTraceRows];
    for (const auto& [trace, count] : counts) rows_.push_back(trace * kFakeCountMax + count);
  }
};

enum class FakeIndex : uint8_t { kNone, kTraces };

/// Each word is a row. `!n` is a record that is rejected; a body that holds `?` can't be read.
class RowColumnsFake final : public NumberRows<signal::SignalRows> {
 public:
  explicit RowColumnsFake(signal::Signal signal, FakeIndex index = FakeIndex::kNone)
      : NumberRows(signal::TableOf(signal)),
        has_index_(index == FakeIndex::kTraces && signal == signal::Signal::kTraces) {}

  std::unique_ptr<signal::RowColumns> TraceIndex() const override {
    if (!has_index_ || rows_.empty()) return nullptr;
    return std::make_unique<TraceIndexFake>(rows_);
  }

  Result<signal::ExportOutcome> Append(const signal::ExportRequest& request, signal::RowOrigin,
                                       signal::DeadLetters& dead_letters) override {
    if (request.body.find('?') != std::string::npos) {
      return Error(ErrorKind::kBadRequest, "the body is not words");
    }
    signal::ExportOutcome outcome;
    std::string_view rest = request.body;
    while (!rest.empty()) {
      const std::string_view word = rest.substr(0, rest.find(' '));
      rest.remove_prefix(std::min(rest.size(), word.size() + 1));
      int64_t row = 0;
      const bool is_row =
          std::from_chars(word.data(), word.data() + word.size(), row).ec == std::errc();
      if (is_row) {
        rows_.push_back(row);
      } else {
        dead_letters.Add({.signal = request.signal,
                          .reason = signal::kInvalidRecord,
                          .detail = "not a number",
                          .original = word});
      }
      ++(is_row ? outcome.accepted : outcome.rejected);
    }
    if (outcome.rejected > 0) outcome.reason = "not a number";
    return outcome;
  }

 private:
  const bool has_index_;
};

/// A letter is the number behind its first `!` or `?`, 0 where there is none.
class DeadLettersFake final : public NumberRows<signal::DeadLetterRows> {
 public:
  DeadLettersFake() : NumberRows(signal::Table::kDeadLetters) {}

  bool Add(const signal::DeadLetter& letter, const Origin&) override {
    std::string_view text = letter.original;
    text.remove_prefix(std::min(text.find_first_of("!?"), text.size()));
    if (!text.empty()) text.remove_prefix(1);
    int64_t row = 0;
    std::from_chars(text.data(), text.data() + text.size(), row);
    rows_.push_back(row);
    return true;
  }
  bool is_full() const override { return false; }
};

inline std::unique_ptr<signal::SignalRows> NewSignalRowsFake(signal::Signal signal) {
  return std::make_unique<RowColumnsFake>(signal);
}
inline std::unique_ptr<signal::SignalRows> NewIndexedRowsFake(signal::Signal signal) {
  return std::make_unique<RowColumnsFake>(signal, FakeIndex::kTraces);
}
inline std::unique_ptr<signal::DeadLetterRows> NewDeadLettersFake() {
  return std::make_unique<DeadLettersFake>();
}

/// Without dead letters, with them, and with the trace index too.
inline const signal::RowColumnsFactory kFakeColumns{.signal_rows = NewSignalRowsFake};
inline const signal::RowColumnsFactory kFakeColumnsAndLetters{.signal_rows = NewSignalRowsFake,
                                                              .dead_letters = NewDeadLettersFake};
inline const signal::RowColumnsFactory kFakeColumnsOfAllTables{.signal_rows = NewIndexedRowsFake,
                                                               .dead_letters = NewDeadLettersFake};

}  // namespace weir::buffer
