// SPDX-License-Identifier: Apache-2.0
#include "columnar/span_rows.h"

#include <arrow/array.h>
#include <arrow/type.h>

#include "columnar/metrics.h"
#include "columnar/trace_index_rows.h"
#include "columnar/wire/wire_reader.h"
#include "signal/promoted.h"

namespace weir::columnar {
namespace {

using enum WireType;

constexpr uint64_t kStatusError = 2;  // STATUS_CODE_ERROR

}  // namespace

/// The singular fields of a Span message, views into its bytes.
struct SpanRows::Fields {
  std::string_view trace_id, span_id, parent_span_id, trace_state, name, status_message;
  uint64_t kind = 0, status_code = 0, flags = 0;
  uint64_t start = 0, end = 0;
  uint64_t dropped_attributes = 0, dropped_events = 0, dropped_links = 0;
};

SpanRows::SpanRows(const DecodeLimits& limits)
    : limits_(limits),
      frame_(limits),
      attributes_(limits),
      promoted_(signal::SpanColumns(), attributes_.texts()),
      events_(limits),
      links_(limits) {}

void SpanRows::AddRecord(const RowFrame::Record& record, RecordTally& tally) {
  const int64_t row = frame_.num_rows();
  Fields fields;
  promoted_.OpenRow(row);
  RecordError error = InField("resource or scope", record.origin_error);
  if (error.empty()) error = Read(record.wire, fields);
  if (error.empty()) error = Check(fields);
  if (error.empty()) error = Set(row, fields);
  if (error.empty()) {
    frame_.AddRow(record, static_cast<int64_t>(fields.start));
    tally.Accept();
  } else {
    Truncate(row);
    tally.Refuse(kItem, error, record, record.wire);
  }
}

RecordError SpanRows::Read(std::string_view wire, Fields& fields) {
  WireReader reader(wire);
  while (reader.Next()) {
    switch (reader.tag()) {
      case Tag(1, kBytes): fields.trace_id = reader.bytes(); break;
      case Tag(2, kBytes): fields.span_id = reader.bytes(); break;
      case Tag(3, kBytes): fields.trace_state = reader.bytes(); break;
      case Tag(4, kBytes): fields.parent_span_id = reader.bytes(); break;
      case Tag(5, kBytes): fields.name = reader.bytes(); break;
      case Tag(6, kVarint): fields.kind = reader.number(); break;
      case Tag(7, kFixed64): fields.start = reader.number(); break;
      case Tag(8, kFixed64): fields.end = reader.number(); break;
      case Tag(9, kBytes): {
        const DecodeError error = attributes_.Add(reader.bytes(), &promoted_);
        if (error != DecodeError::kNone) return InField("attribute", error);
        break;
      }
      case Tag(10, kVarint): fields.dropped_attributes = reader.number(); break;
      case Tag(11, kBytes): {
        RecordError error = events_.Add(reader.bytes());
        if (!error.empty()) return error;
        break;
      }
      case Tag(12, kVarint): fields.dropped_events = reader.number(); break;
      case Tag(13, kBytes): {
        RecordError error = links_.Add(reader.bytes());
        if (!error.empty()) return error;
        break;
      }
      case Tag(14, kVarint): fields.dropped_links = reader.number(); break;
      case Tag(15, kBytes): {
        WireReader status(reader.bytes());
        while (status.Next()) {
          if (status.tag() == Tag(2, kBytes)) fields.status_message = status.bytes();
          if (status.tag() == Tag(3, kVarint)) fields.status_code = status.number();
        }
        if (!status.ok()) return InField("status", DecodeError::kMalformed);
        break;
      }
      case Tag(16, kFixed32): fields.flags = reader.number(); break;
      case kInvalidRecord: return MarkedInvalid(reader.bytes());
      default: break;
    }
  }
  return reader.ok() ? RecordError() : InField("span", DecodeError::kMalformed);
}

RecordError SpanRows::Check(Fields& fields) const {
  const auto is_id = [](std::string_view id, size_t bytes) {
    return id.size() == bytes && id.front() != 0;
  };
  const uint64_t counts = fields.dropped_attributes | fields.dropped_events | fields.dropped_links;
  const bool is_usual = is_id(fields.trace_id, 16) && is_id(fields.span_id, 8) &&
                        (fields.parent_span_id.empty() || is_id(fields.parent_span_id, 8)) &&
                        (fields.start | fields.end) <= INT64_MAX && counts <= INT32_MAX &&
                        attributes_.open_entries() <= limits_.attributes_per_record;
  if (is_usual) return {};
  return CheckOneByOne(fields);
}

RecordError SpanRows::CheckOneByOne(Fields& fields) const {
  RecordError error = CheckRequiredId("trace_id", 16, fields.trace_id);
  if (error.empty()) error = CheckRequiredId("span_id", 8, fields.span_id);
  if (error.empty()) error = CheckOptionalId("parent_span_id", 8, fields.parent_span_id);
  if (error.empty()) error = CheckFitsLong("start_time_unix_nano", fields.start);
  if (error.empty()) error = CheckFitsLong("end_time_unix_nano", fields.end);
  if (error.empty()) error = CheckFitsInt("dropped_attributes_count", fields.dropped_attributes);
  if (error.empty()) error = CheckFitsInt("dropped_events_count", fields.dropped_events);
  if (error.empty()) error = CheckFitsInt("dropped_links_count", fields.dropped_links);
  if (error.empty()) error = CheckAttributeCount(attributes_.open_entries(), limits_);
  return error;
}

RecordError SpanRows::Set(int64_t row, const Fields& fields) {
  const bool is_text = trace_state_.SetUnlessEmpty(row, fields.trace_state) &&
                       name_.SetUnlessEmpty(row, fields.name) &&
                       status_message_.SetUnlessEmpty(row, fields.status_message);
  if (!is_text) return InField("name, trace_state or status message", DecodeError::kNotText);
  kind_.Set(row, fields.kind);
  status_code_.Set(row, fields.status_code);
  trace_id_.Set(row, fields.trace_id);
  span_id_.Set(row, fields.span_id);
  if (!fields.parent_span_id.empty()) parent_span_id_.Set(row, fields.parent_span_id);
  flags_.Set(row, static_cast<int32_t>(fields.flags));
  start_.Set(row, static_cast<int64_t>(fields.start));
  end_.Set(row, static_cast<int64_t>(fields.end));
  const bool ends_before_start = fields.end < fields.start;
  if (ends_before_start) kNegativeDurations.With().Add();
  duration_.Set(row, ends_before_start ? 0 : static_cast<int64_t>(fields.end - fields.start));
  dropped_attributes_.Set(row, static_cast<int32_t>(fields.dropped_attributes));
  dropped_events_.Set(row, static_cast<int32_t>(fields.dropped_events));
  dropped_links_.Set(row, static_cast<int32_t>(fields.dropped_links));
  promoted_.CloseRow();
  attributes_.CloseRow(row);
  events_.CloseRow(row);
  links_.CloseRow(row);
  return {};
}

void SpanRows::Truncate(int64_t rows) {
  frame_.Truncate(rows);
  for (IdColumn* column : {&trace_id_, &span_id_, &parent_span_id_}) column->Truncate(rows);
  for (TextColumn* column : {&trace_state_, &name_, &status_message_}) column->Truncate(rows);
  for (EnumColumn* column : {&kind_, &status_code_}) column->Truncate(rows);
  for (auto* column : {&flags_, &dropped_attributes_, &dropped_events_, &dropped_links_}) {
    column->Truncate(rows);
  }
  for (auto* column : {&start_, &end_, &duration_}) column->Truncate(rows);
  promoted_.Truncate(rows);
  attributes_.Truncate(rows);
  events_.Truncate(rows);
  links_.Truncate(rows);
}

int64_t SpanRows::byte_size() const {
  int64_t bytes = frame_.byte_size() + promoted_.byte_size() + attributes_.byte_size() +
                  events_.byte_size() + links_.byte_size();
  for (const IdColumn* column : {&trace_id_, &span_id_, &parent_span_id_})
    bytes += column->byte_size();
  for (const TextColumn* column : {&trace_state_, &name_, &status_message_}) {
    bytes += column->byte_size();
  }
  for (const EnumColumn* column : {&kind_, &status_code_}) bytes += column->byte_size();
  for (const auto* column : {&flags_, &dropped_attributes_, &dropped_events_, &dropped_links_}) {
    bytes += column->byte_size();
  }
  for (const auto* column : {&start_, &end_, &duration_}) bytes += column->byte_size();
  return bytes;
}

RowOrder SpanRows::Order() const { return frame_.OrderByServiceAndTime(); }

std::vector<std::shared_ptr<arrow::Array>> SpanRows::Gather(Positions order,
                                                            const arrow::Schema& schema) {
  std::vector<std::shared_ptr<arrow::Array>> columns;
  const auto add = [&](std::shared_ptr<arrow::Array> column) {
    columns.push_back(std::move(column));
  };
  frame_.GatherIdentityTo(order, columns);
  add(trace_id_.Gather(order));
  add(span_id_.Gather(order));
  add(parent_span_id_.Gather(order));
  add(trace_state_.Gather(order));
  add(flags_.Gather(order, arrow::int32()));
  add(name_.Gather(order));
  add(kind_.Gather(order));
  add(start_.Gather(order, arrow::int64()));
  add(end_.Gather(order, arrow::int64()));
  add(duration_.Gather(order, arrow::int64()));
  add(status_code_.Gather(order));
  add(status_message_.Gather(order));
  frame_.GatherPromotedTo(order, columns);
  promoted_.GatherTo(order, columns);
  const auto& map_type =
      static_cast<const arrow::MapType&>(*schema.GetFieldByName("attributes")->type());
  add(attributes_.GatherMap(order, map_type));
  add(attributes_.GatherTypes(order));
  add(dropped_attributes_.Gather(order, arrow::int32()));
  add(events_.Gather(order, *schema.GetFieldByName("events")));
  add(dropped_events_.Gather(order, arrow::int32()));
  add(links_.Gather(order, *schema.GetFieldByName("links")));
  add(dropped_links_.Gather(order, arrow::int32()));
  frame_.GatherOriginTo(order, schema, columns);
  return columns;
}

std::unique_ptr<signal::RowColumns> SpanRows::TraceIndex() const {
  const int64_t spans = frame_.num_rows();
  TraceGrouper grouper(static_cast<size_t>(spans));
  for (int64_t row = 0; row < spans; ++row) {
    IndexedTrace& trace = grouper.Of(trace_id_.at(row), frame_.dates()[row]);
    trace.Add(frame_.times_us()[row], end_.at(row) / 1000);
    trace.has_error |= static_cast<uint8_t>(status_code_.Is(row, kStatusError));
    if (!parent_span_id_.IsSet(row)) trace.AddRoot(row, frame_.times_us()[row]);
  }
  const auto root_of = [&](int32_t row) {
    return TraceRoot{.name = name_.at(row), .service_name = frame_.service_name(row)};
  };
  return NewTraceIndexRows(grouper.Take(), root_of);
}

Status SpanRows::WriteTo(const LeafTarget& out) const {
  const RowFrame::OriginSlots origins = frame_.FindOrigins(out.slots.positions);
  TRY(frame_.WriteIdentityTo(out, origins));
  TRY(trace_id_.WriteTo(out));
  TRY(span_id_.WriteTo(out));
  TRY(parent_span_id_.WriteTo(out));
  TRY(trace_state_.WriteTo(out));
  TRY(flags_.WriteTo(out));
  TRY(name_.WriteTo(out));
  TRY(kind_.WriteTo(out));
  TRY(start_.WriteTo(out));
  TRY(end_.WriteTo(out));
  TRY(duration_.WriteTo(out));
  TRY(status_code_.WriteTo(out));
  TRY(status_message_.WriteTo(out));
  TRY(frame_.WritePromotedTo(out, origins));
  TRY(promoted_.WriteTo(out));
  TRY(attributes_.WriteTo(out));
  TRY(dropped_attributes_.WriteTo(out));
  TRY(events_.WriteTo(out));
  TRY(dropped_events_.WriteTo(out));
  TRY(links_.WriteTo(out));
  TRY(dropped_links_.WriteTo(out));
  return frame_.WriteOriginTo(out, origins);
}

}  // namespace weir::columnar
