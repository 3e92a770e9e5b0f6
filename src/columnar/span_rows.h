// SPDX-License-Identifier: Apache-2.0
#pragma once
// Rows of otel_spans, from ExportTraceServiceRequest.

#include <cstdint>
#include <memory>
#include <vector>

#include "columnar/child_columns.h"
#include "columnar/column/enum_names.h"
#include "columnar/dead_letters/record_tally.h"
#include "columnar/promoted_columns.h"
#include "columnar/row_frame.h"

namespace weir::columnar {

/// One thread. A row a span, in request order until Finish sorts them by (service_name, time).
/// Source: opentelemetry-proto, trace/v1/trace.proto.
class SpanRows final {
 public:
  static constexpr std::string_view kItem = "span";

  explicit SpanRows(const DecodeLimits& limits);

  RowFrame& frame() { return frame_; }
  const RowFrame& frame() const { return frame_; }
  /// Appends the Span message `record.wire`, or leaves the columns as they were.
  void AddRecord(const RowFrame::Record& record, RecordTally& tally);
  void Truncate(int64_t rows);
  int64_t byte_size() const;
  RowOrder Order() const;
  std::vector<std::shared_ptr<arrow::Array>> Gather(Positions order, const arrow::Schema& schema);
  /// The rows of the trace index that follow from these.
  std::unique_ptr<signal::RowColumns> TraceIndex() const;
  /// The leaves of all columns, in the order of the table's schema.
  Status WriteTo(const LeafTarget& out) const;

 private:
  struct Fields;
  RecordError Read(std::string_view wire, Fields& fields);
  /// Nearly every span is sound, and seen to be so at once; what is wrong is found in a second
  /// look.
  RecordError Check(Fields& fields) const;
  RecordError CheckOneByOne(Fields& fields) const;
  RecordError Set(int64_t row, const Fields& fields);

  const DecodeLimits& limits_;
  RowFrame frame_;
  IdColumn trace_id_{16, IdUse::kRepeated}, span_id_{8}, parent_span_id_{8, IdUse::kRepeated};
  TextColumn trace_state_, name_, status_message_;
  EnumColumn kind_{SpanKindName}, status_code_{StatusCodeName};
  NumberColumn<int32_t> flags_, dropped_attributes_, dropped_events_, dropped_links_;
  NumberColumn<int64_t> start_, end_, duration_;
  AttributeColumns attributes_;
  PromotedColumns promoted_;
  EventColumns events_;
  LinkColumns links_;
};

}  // namespace weir::columnar
