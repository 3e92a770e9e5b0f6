// SPDX-License-Identifier: Apache-2.0
#include "columnar/trace_index_rows.h"

#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include <bit>
#include <cstring>
#include <map>

#include "base/ids.h"
#include "columnar/column/columns.h"
#include "columnar/column/leaves.h"
#include "columnar/column/slots.h"
#include "columnar/row_frame.h"
#include "signal/published_table.h"

namespace weir::columnar {
namespace {

using signal::Leaf;
using signal::LeafKind;
using signal::LeafPage;

/// A trace by the head of its id, whose order is that of its hex text.
struct IdHead {
  uint64_t head = 0;
  int32_t row = 0;
};

class Rows final : public signal::RowColumns {
 public:
  Rows(std::vector<IndexedTrace> traces, const std::function<TraceRoot(int32_t)>& root_of)
      : traces_(std::move(traces)) {
    for (int64_t row = 0; row < num_rows(); ++row) {
      if (traces_[row].root_row < 0) continue;
      const TraceRoot root = root_of(traces_[row].root_row);
      root_name_.SetUnlessEmpty(row, root.name);
      root_service_.SetUnlessEmpty(row, root.service_name);
    }
  }

  int64_t num_rows() const override { return std::ssize(traces_); }
  int64_t byte_size() const override {
    return static_cast<int64_t>(traces_.capacity() * sizeof(IndexedTrace)) +
           root_name_.byte_size() + root_service_.byte_size();
  }
  void Truncate(int64_t rows) override {
    traces_.resize(static_cast<size_t>(rows));
    root_name_.Truncate(rows);
    root_service_.Truncate(rows);
  }
  std::shared_ptr<arrow::Schema> schema() const override {
    return signal::Published(signal::Table::kTraceIndex).schema;
  }
  std::vector<signal::DayRows> SortIntoDays() override;
  std::shared_ptr<arrow::RecordBatch> Gather(std::span<const int32_t> rows) override;
  Status WriteTo(std::span<const int32_t> rows, signal::LeafSink& sink) override;

 private:
  std::vector<IndexedTrace> traces_;
  TextColumn root_name_, root_service_;
};

std::vector<signal::DayRows> Rows::SortIntoDays() {
  std::map<int32_t, std::vector<IdHead>> days;
  std::vector<IdHead>* today = nullptr;
  for (int32_t row = 0; row < num_rows(); ++row) {
    const IndexedTrace& trace = traces_[row];
    if (row == 0 || trace.date != traces_[row - 1].date) today = &days[trace.date];
    uint64_t head;
    std::memcpy(&head, trace.id, sizeof head);
    if constexpr (std::endian::native == std::endian::little) head = std::byteswap(head);
    today->push_back({head, row});
  }
  std::vector<signal::DayRows> sorted;
  for (auto& [date, heads] : days) {
    std::ranges::sort(heads, [&](const IdHead& a, const IdHead& b) {
      if (a.head != b.head) return a.head < b.head;
      return std::memcmp(traces_[a.row].id, traces_[b.row].id, kTraceIdBytes) < 0;
    });
    signal::DayRows day{.date = date, .rows = std::vector<int32_t>(heads.size())};
    std::ranges::transform(heads, day.rows.begin(), &IdHead::row);
    sorted.push_back(std::move(day));
  }
  return sorted;
}

std::shared_ptr<arrow::RecordBatch> Rows::Gather(std::span<const int32_t> rows) {
  arrow::StringBuilder ids;
  const auto& time = schema()->GetFieldByName("min_time")->type();
  arrow::TimestampBuilder min_times(time, arrow::default_memory_pool());
  arrow::TimestampBuilder max_times(time, arrow::default_memory_pool());
  arrow::Date32Builder dates;
  arrow::Int64Builder counts;
  arrow::BooleanBuilder errors;
  for (const int32_t row : rows) {
    const IndexedTrace& trace = traces_[row];
    const bool is_appended =
        ids.Append(HexEncode({trace.id, kTraceIdBytes})).ok() &&
        min_times.Append(trace.min_time_us).ok() && max_times.Append(trace.max_time_us).ok() &&
        dates.Append(trace.date).ok() && counts.Append(trace.span_count).ok() &&
        errors.Append(trace.has_error != 0).ok();
    if (!is_appended) return nullptr;
  }
  return MakeBatch(*schema(), {ids.Finish().ValueOrDie(), min_times.Finish().ValueOrDie(),
                               max_times.Finish().ValueOrDie(), dates.Finish().ValueOrDie(),
                               counts.Finish().ValueOrDie(), root_name_.Gather(rows),
                               root_service_.Gather(rows), errors.Finish().ValueOrDie()});
}

Status Rows::WriteTo(std::span<const int32_t> rows, signal::LeafSink& sink) {
  const Slots slots = RowSlots(rows, num_rows());
  LeafScratch scratch;
  const LeafTarget out{sink, slots, scratch};
  Leaf id{.kind = LeafKind::kHexId, .id_bytes = static_cast<int>(kTraceIdBytes)};
  id.fill = [&](int64_t begin, int64_t end, LeafPage& page) {
    for (int64_t i = begin; i < end; ++i) page.bytes.append(traces_[rows[i]].id, kTraceIdBytes);
  };
  TRY(sink.Add(id));
  const auto add = [&](LeafKind kind, auto values_of, auto value_of) {
    Leaf leaf{.kind = kind};
    leaf.fill = [&, values_of, value_of](int64_t begin, int64_t end, LeafPage& page) {
      auto& values = values_of(page);
      for (int64_t i = begin; i < end; ++i) values.push_back(value_of(traces_[rows[i]]));
    };
    return sink.Add(leaf);
  };
  const auto longs = [](LeafPage& page) -> auto& { return page.longs; };
  const auto ints = [](LeafPage& page) -> auto& { return page.ints; };
  const auto bools = [](LeafPage& page) -> auto& { return page.bools; };
  TRY(add(LeafKind::kLong, longs, [](const IndexedTrace& trace) { return trace.min_time_us; }));
  TRY(add(LeafKind::kLong, longs, [](const IndexedTrace& trace) { return trace.max_time_us; }));
  TRY(add(LeafKind::kInt, ints, [](const IndexedTrace& trace) { return trace.date; }));
  TRY(add(LeafKind::kLong, longs, [](const IndexedTrace& trace) { return trace.span_count; }));
  TRY(root_name_.WriteTo(out));
  TRY(root_service_.WriteTo(out));
  return add(LeafKind::kBool, bools, [](const IndexedTrace& trace) { return trace.has_error; });
}

}  // namespace

IndexedTrace& TraceGrouper::Append(const char* id, int32_t date) {
  IndexedTrace trace{.date = date};
  std::memcpy(trace.id, id, kTraceIdBytes);  // Of one of `traces_`, perhaps.
  return traces_.emplace_back(trace);
}

IndexedTrace& TraceGrouper::AddTrace(const char* id, int32_t date) {
  first_days_.push_back(static_cast<int32_t>(traces_.size()));
  return Append(id, date);
}

/// Traces over midnight are few, and have two days; senders with wild clocks have more.
IndexedTrace& TraceGrouper::OfOtherDay(int32_t first, int32_t date) {
  int32_t at = first;
  while (traces_[at].other_day >= 0) {
    at = traces_[at].other_day;
    if (traces_[at].date == date) return traces_[at];
  }
  traces_[at].other_day = static_cast<int32_t>(traces_.size());
  return Append(traces_[first].id, date);
}

std::unique_ptr<signal::RowColumns> NewTraceIndexRows(
    std::vector<IndexedTrace> traces, const std::function<TraceRoot(int32_t)>& root_of) {
  return std::make_unique<Rows>(std::move(traces), root_of);
}

}  // namespace weir::columnar
