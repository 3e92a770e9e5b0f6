// SPDX-License-Identifier: Apache-2.0
#pragma once
// Rows of otel_logs, from ExportLogsServiceRequest.

#include <cstdint>
#include <memory>
#include <vector>

#include "columnar/dead_letters/record_tally.h"
#include "columnar/promoted_columns.h"
#include "columnar/row_frame.h"

namespace weir::columnar {

/// One thread. A row a log record, in request order until Finish sorts them by (service_name,
/// time). Source: opentelemetry-proto, logs/v1/logs.proto.
class LogRows final {
 public:
  static constexpr std::string_view kItem = "log record";

  explicit LogRows(const DecodeLimits& limits);

  RowFrame& frame() { return frame_; }
  const RowFrame& frame() const { return frame_; }
  /// Appends the LogRecord message `record.wire`, or leaves the columns as they were.
  void AddRecord(const RowFrame::Record& record, RecordTally& tally);
  void Truncate(int64_t rows);
  int64_t byte_size() const;
  RowOrder Order() const;
  std::vector<std::shared_ptr<arrow::Array>> Gather(Positions order, const arrow::Schema& schema);
  /// The leaves of all columns, in the order of the table's schema.
  Status WriteTo(const LeafTarget& out) const;

 private:
  /// Hears `event.name` beside the promoted columns.
  class Listener;
  struct Fields;
  RecordError Read(std::string_view wire, Fields& fields);
  RecordError Check(Fields& fields) const;
  RecordError CheckOneByOne(Fields& fields) const;
  RecordError Set(int64_t row, const Fields& fields);
  RecordError SetBody(int64_t row, const Fields& fields);

  const DecodeLimits& limits_;
  RowFrame frame_;
  TextColumn event_name_, severity_text_, body_, body_type_;
  IdColumn trace_id_{16, IdUse::kRepeated}, span_id_{8, IdUse::kRepeated};
  NumberColumn<int64_t> time_, observed_time_;
  NumberColumn<int32_t> severity_number_, flags_, dropped_attributes_;
  AttributeColumns attributes_;
  PromotedColumns promoted_;
  std::string scratch_;
};

}  // namespace weir::columnar
