// SPDX-License-Identifier: Apache-2.0
#include "columnar/log_rows.h"

#include <arrow/array.h>
#include <arrow/type.h>

#include <optional>

#include "columnar/wire/pieces.h"
#include "columnar/wire/wire_reader.h"
#include "signal/promoted.h"

namespace weir::columnar {
namespace {

using enum WireType;

}  // namespace

/// The singular fields of a LogRecord message, views into its bytes.
struct LogRows::Fields {
  std::string_view severity_text, trace_id, span_id, event_name;
  std::optional<std::string_view> body;
  std::string joined_body;  // Of a body in pieces.
  std::string event_name_attribute;
  uint64_t time = 0, observed_time = 0;
  uint64_t severity_number = 0, flags = 0, dropped_attributes = 0;

  /// When it happened, as far as the sender says; 0 where it does not.
  uint64_t best_time() const { return time != 0 ? time : observed_time; }
};

class LogRows::Listener final : public AttributeColumns::Listener {
 public:
  Listener(PromotedColumns& promoted, std::string& event_name)
      : promoted_(promoted), event_name_(event_name) {}
  bool Hears(std::string_view key) const override {
    return key == "event.name" || promoted_.Hears(key);
  }
  void OnAttribute(const AttributeColumns::Entry& entry) override {
    if (entry.key == "event.name" && !entry.value.is_empty) event_name_ = entry.value.text;
    promoted_.OnAttribute(entry);
  }

 private:
  PromotedColumns& promoted_;
  std::string& event_name_;
};

LogRows::LogRows(const DecodeLimits& limits)
    : limits_(limits),
      frame_(limits),
      attributes_(limits),
      promoted_(signal::LogColumns(), attributes_.texts()) {}

void LogRows::AddRecord(const RowFrame::Record& record, RecordTally& tally) {
  const int64_t row = frame_.num_rows();
  Fields fields;
  promoted_.OpenRow(row);
  RecordError error = InField("resource or scope", record.origin_error);
  if (error.empty()) error = Read(record.wire, fields);
  if (error.empty()) error = Check(fields);
  if (error.empty()) error = Set(row, fields);
  if (error.empty()) {
    const uint64_t time = fields.best_time();
    frame_.AddRow(record, time != 0 ? static_cast<int64_t>(time) : frame_.received_unix_nano());
    tally.Accept();
  } else {
    Truncate(row);
    tally.Refuse(kItem, error, record, record.wire);
  }
}

RecordError LogRows::Read(std::string_view wire, Fields& fields) {
  Listener listener(promoted_, fields.event_name_attribute);
  WireReader reader(wire);
  while (reader.Next()) {
    switch (reader.tag()) {
      case Tag(1, kFixed64): fields.time = reader.number(); break;
      case Tag(2, kVarint): fields.severity_number = reader.number(); break;
      case Tag(3, kBytes): fields.severity_text = reader.bytes(); break;
      case Tag(5, kBytes): Merge(fields.body, reader.bytes(), fields.joined_body); break;
      case Tag(6, kBytes): {
        const DecodeError error = attributes_.Add(reader.bytes(), &listener);
        if (error != DecodeError::kNone) return InField("attribute", error);
        break;
      }
      case Tag(7, kVarint): fields.dropped_attributes = reader.number(); break;
      case Tag(8, kFixed32): fields.flags = reader.number(); break;
      case Tag(9, kBytes): fields.trace_id = reader.bytes(); break;
      case Tag(10, kBytes): fields.span_id = reader.bytes(); break;
      case Tag(11, kFixed64): fields.observed_time = reader.number(); break;
      case Tag(12, kBytes): fields.event_name = reader.bytes(); break;
      case kInvalidRecord: return MarkedInvalid(reader.bytes());
      default: break;
    }
  }
  return reader.ok() ? RecordError() : InField("log record", DecodeError::kMalformed);
}

RecordError LogRows::Check(Fields& fields) const {
  // The protocol has a log record with an id that is none kept, as one that belongs to no trace.
  if (fields.trace_id.size() != 16) fields.trace_id = {};
  if (fields.span_id.size() != 8) fields.span_id = {};
  const auto is_id = [](std::string_view id) { return id.empty() || id.front() != 0; };
  const bool is_usual = is_id(fields.trace_id) && is_id(fields.span_id) &&
                        (fields.time | fields.observed_time) <= INT64_MAX &&
                        fields.dropped_attributes <= INT32_MAX &&
                        attributes_.open_entries() <= limits_.attributes_per_record;
  return is_usual ? RecordError() : CheckOneByOne(fields);
}

RecordError LogRows::CheckOneByOne(Fields& fields) const {
  RecordError error = CheckOptionalId("trace_id", 16, fields.trace_id);
  if (error.empty()) error = CheckOptionalId("span_id", 8, fields.span_id);
  if (error.empty()) error = CheckFitsLong("time_unix_nano", fields.time);
  if (error.empty()) error = CheckFitsLong("observed_time_unix_nano", fields.observed_time);
  if (error.empty()) error = CheckFitsInt("dropped_attributes_count", fields.dropped_attributes);
  if (error.empty()) error = CheckAttributeCount(attributes_.open_entries(), limits_);
  return error;
}

RecordError LogRows::Set(int64_t row, const Fields& fields) {
  const std::string_view event_name =
      fields.event_name.empty() ? fields.event_name_attribute : fields.event_name;
  if (!event_name_.SetUnlessEmpty(row, event_name) ||
      !severity_text_.SetUnlessEmpty(row, fields.severity_text)) {
    return InField("event_name or severity_text", DecodeError::kNotText);
  }
  RecordError error = SetBody(row, fields);
  if (!error.empty()) return error;
  if (!fields.trace_id.empty()) trace_id_.Set(row, fields.trace_id);
  if (!fields.span_id.empty()) span_id_.Set(row, fields.span_id);
  time_.Set(row, static_cast<int64_t>(fields.time));
  observed_time_.Set(row, static_cast<int64_t>(fields.observed_time));
  severity_number_.Set(row, static_cast<int32_t>(fields.severity_number));
  flags_.Set(row, static_cast<int32_t>(fields.flags));
  dropped_attributes_.Set(row, static_cast<int32_t>(fields.dropped_attributes));
  promoted_.CloseRow();
  attributes_.CloseRow(row);
  return {};
}

RecordError LogRows::SetBody(int64_t row, const Fields& fields) {
  if (!fields.body.has_value()) return {};
  AttributeValue body;
  const DecodeError error =
      DecodeAttributeValue(*fields.body, limits_.nesting_depth, scratch_, body);
  if (error != DecodeError::kNone) return InField("body", error);
  if (body.is_empty) return {};
  const bool is_text = body_.Set(row, body.text) && body_type_.Set(row, {&body.type, 1});
  return is_text ? RecordError() : InField("body", DecodeError::kNotText);
}

void LogRows::Truncate(int64_t rows) {
  frame_.Truncate(rows);
  for (TextColumn* column : {&event_name_, &severity_text_, &body_, &body_type_}) {
    column->Truncate(rows);
  }
  for (IdColumn* column : {&trace_id_, &span_id_}) column->Truncate(rows);
  for (auto* column : {&time_, &observed_time_}) column->Truncate(rows);
  for (auto* column : {&severity_number_, &flags_, &dropped_attributes_}) column->Truncate(rows);
  promoted_.Truncate(rows);
  attributes_.Truncate(rows);
}

int64_t LogRows::byte_size() const {
  int64_t bytes = frame_.byte_size() + promoted_.byte_size() + attributes_.byte_size();
  for (const TextColumn* column : {&event_name_, &severity_text_, &body_, &body_type_}) {
    bytes += column->byte_size();
  }
  for (const IdColumn* column : {&trace_id_, &span_id_}) bytes += column->byte_size();
  for (const auto* column : {&time_, &observed_time_}) bytes += column->byte_size();
  for (const auto* column : {&severity_number_, &flags_, &dropped_attributes_}) {
    bytes += column->byte_size();
  }
  return bytes;
}

RowOrder LogRows::Order() const { return frame_.OrderByServiceAndTime(); }

std::vector<std::shared_ptr<arrow::Array>> LogRows::Gather(Positions order,
                                                           const arrow::Schema& schema) {
  std::vector<std::shared_ptr<arrow::Array>> columns;
  const auto add = [&](std::shared_ptr<arrow::Array> column) {
    columns.push_back(std::move(column));
  };
  frame_.GatherIdentityTo(order, columns);
  add(event_name_.Gather(order));
  add(trace_id_.Gather(order));
  add(span_id_.Gather(order));
  add(time_.Gather(order, arrow::int64()));
  add(observed_time_.Gather(order, arrow::int64()));
  add(severity_number_.Gather(order, arrow::int32()));
  add(severity_text_.Gather(order));
  add(body_.Gather(order));
  add(body_type_.Gather(order));
  add(flags_.Gather(order, arrow::int32()));
  frame_.GatherPromotedTo(order, columns);
  promoted_.GatherTo(order, columns);
  const auto& map_type =
      static_cast<const arrow::MapType&>(*schema.GetFieldByName("attributes")->type());
  add(attributes_.GatherMap(order, map_type));
  add(attributes_.GatherTypes(order));
  add(dropped_attributes_.Gather(order, arrow::int32()));
  frame_.GatherOriginTo(order, schema, columns);
  return columns;
}

Status LogRows::WriteTo(const LeafTarget& out) const {
  const RowFrame::OriginSlots origins = frame_.FindOrigins(out.slots.positions);
  TRY(frame_.WriteIdentityTo(out, origins));
  TRY(event_name_.WriteTo(out));
  TRY(trace_id_.WriteTo(out));
  TRY(span_id_.WriteTo(out));
  TRY(time_.WriteTo(out));
  TRY(observed_time_.WriteTo(out));
  TRY(severity_number_.WriteTo(out));
  TRY(severity_text_.WriteTo(out));
  TRY(body_.WriteTo(out));
  TRY(body_type_.WriteTo(out));
  TRY(flags_.WriteTo(out));
  TRY(frame_.WritePromotedTo(out, origins));
  TRY(promoted_.WriteTo(out));
  TRY(attributes_.WriteTo(out));
  TRY(dropped_attributes_.WriteTo(out));
  return frame_.WriteOriginTo(out, origins);
}

}  // namespace weir::columnar
