// SPDX-License-Identifier: Apache-2.0
#include "columnar/table_rows.h"

#include <arrow/record_batch.h>

#include "base/compression.h"
#include "columnar/dead_letters/record_tally.h"
#include "columnar/log_rows.h"
#include "columnar/metric_rows.h"
#include "columnar/otlp_json.h"
#include "columnar/row_frame.h"
#include "columnar/span_rows.h"
#include "signal/published_table.h"

namespace weir::columnar {
namespace {

/// `Rows`: SpanRows, LogRows or MetricRows.
template <typename Rows>
class TableRows final : public signal::SignalRows {
 public:
  TableRows(signal::Signal signal, const TableRowsOptions& options)
      : signal_(signal), options_(options), rows_(options.limits) {}

  Result<signal::ExportOutcome> Append(const signal::ExportRequest& request,
                                       signal::RowOrigin origin,
                                       signal::DeadLetters& dead_letters) override {
    const int64_t rows_before = num_rows();
    rows_.frame().BeginRequest(origin, request.received_unix_nano);
    RecordTally tally({.signal = signal_,
                       .encoding = request.encoding,
                       .original_bytes_max = options_.dead_letter_original_bytes},
                      rows_.frame(), dead_letters);
    const Status walked = AppendBody(request, tally);
    if (walked.ok()) return tally.outcome();
    Truncate(rows_before);
    return walked;
  }

  int64_t num_rows() const override { return rows_.frame().num_rows(); }
  int64_t byte_size() const override { return rows_.byte_size(); }
  void Truncate(int64_t num_rows) override { rows_.Truncate(num_rows); }

  std::shared_ptr<arrow::Schema> schema() const override {
    return signal::Published(signal::TableOf(signal_)).schema;
  }
  std::vector<signal::DayRows> SortIntoDays() override {
    return columnar::SortIntoDays(rows_.Order());
  }
  std::shared_ptr<arrow::RecordBatch> Gather(std::span<const int32_t> rows) override {
    const arrow::Schema& schema = *signal::Published(signal::TableOf(signal_)).schema;
    return MakeBatch(schema, rows_.Gather(rows, schema));
  }

  std::unique_ptr<signal::RowColumns> TraceIndex() const override {
    if constexpr (std::is_same_v<Rows, SpanRows>) return rows_.TraceIndex();
    return nullptr;
  }

  Status WriteTo(std::span<const int32_t> rows, signal::LeafSink& sink) override {
    const Slots slots = RowSlots(rows, num_rows());
    LeafScratch scratch;
    return rows_.WriteTo({sink, slots, scratch});
  }

 private:
  Status AppendBody(const signal::ExportRequest& request, RecordTally& tally) {
    std::string plain;
    std::string_view body = request.body;
    if (request.compression != Compression::kNone) {
      plain = TRY(Decompress(request.compression, request.body, options_.body_bytes_max));
      body = plain;
    }
    std::string wire;
    if (request.encoding == signal::Encoding::kJson) {
      wire = TRY(JsonToWire(signal_, body, {.nesting_depth = options_.limits.nesting_depth}));
      body = wire;
    }
    return rows_.frame().Walk(
        body, [&](const RowFrame::Record& record) { rows_.AddRecord(record, tally); });
  }

  const signal::Signal signal_;
  const TableRowsOptions& options_;
  Rows rows_;
};

}  // namespace

std::unique_ptr<signal::SignalRows> NewTableRows(signal::Signal signal,
                                                 const TableRowsOptions& options) {
  switch (signal) {
    case signal::Signal::kTraces: return std::make_unique<TableRows<SpanRows>>(signal, options);
    case signal::Signal::kLogs: return std::make_unique<TableRows<LogRows>>(signal, options);
    case signal::Signal::kMetrics: return std::make_unique<TableRows<MetricRows>>(signal, options);
  }
  return nullptr;
}

}  // namespace weir::columnar
