// SPDX-License-Identifier: Apache-2.0
#include "columnar/child_columns.h"

#include <arrow/array.h>
#include <arrow/type.h>

#include "columnar/column/slots.h"
#include "columnar/origin_columns.h"
#include "columnar/wire/wire_reader.h"

namespace weir::columnar {
namespace {

using enum WireType;

}  // namespace

RecordError EventColumns::Add(std::string_view wire) {
  uint64_t time = 0, dropped = 0;
  std::string_view name;
  WireReader reader(wire);
  while (reader.Next()) {
    switch (reader.tag()) {
      case Tag(1, kFixed64): time = reader.number(); break;
      case Tag(2, kBytes): name = reader.bytes(); break;
      case Tag(3, kBytes): {
        const DecodeError error = attributes_.Add(reader.bytes());
        if (error != DecodeError::kNone) return InField("event attribute", error);
        break;
      }
      case Tag(4, kVarint): dropped = reader.number(); break;
      default: break;
    }
  }
  if (!reader.ok()) return InField("event", DecodeError::kMalformed);
  RecordError error = CheckFitsLong("event time_unix_nano", time);
  if (error.empty()) error = CheckFitsInt("event dropped_attributes_count", dropped);
  if (!error.empty()) return error;
  if (!name_.SetUnlessEmpty(children_, name)) return InField("event name", DecodeError::kNotText);
  time_unix_nano_.Set(children_, static_cast<int64_t>(time));
  attributes_.CloseRow(children_);
  dropped_.Set(children_, static_cast<int32_t>(dropped));
  ++children_;
  return {};
}

void EventColumns::Truncate(int64_t rows) {
  children_ = offsets_.Truncate(rows);
  time_unix_nano_.Truncate(children_);
  name_.Truncate(children_);
  attributes_.Truncate(children_);
  dropped_.Truncate(children_);
}

int64_t EventColumns::byte_size() const {
  return offsets_.byte_size() + time_unix_nano_.byte_size() + name_.byte_size() +
         attributes_.byte_size() + dropped_.byte_size();
}

std::shared_ptr<arrow::Array> EventColumns::Gather(Positions order, const arrow::Field& field) {
  const ListOffsets::Gathered gathered = offsets_.Gather(order);
  const Positions children = gathered.children;
  return MakeStructList(
      field, gathered,
      {time_unix_nano_.Gather(children, arrow::int64()), name_.Gather(children),
       attributes_.GatherMap(children, MapTypeInList(field, "attributes")),
       attributes_.GatherTypes(children), dropped_.Gather(children, arrow::int32())});
}

Status EventColumns::WriteTo(const LeafTarget& rows) const {
  const Slots events = ListSlots(rows.slots, offsets_);
  const LeafTarget out{rows.sink, events, rows.scratch};
  TRY(time_unix_nano_.WriteTo(out));
  TRY(name_.WriteTo(out));
  TRY(attributes_.WriteTo(out));
  return dropped_.WriteTo(out);
}

RecordError LinkColumns::Add(std::string_view wire) {
  std::string_view trace_id, span_id, trace_state;
  uint64_t dropped = 0, flags = 0;
  WireReader reader(wire);
  while (reader.Next()) {
    switch (reader.tag()) {
      case Tag(1, kBytes): trace_id = reader.bytes(); break;
      case Tag(2, kBytes): span_id = reader.bytes(); break;
      case Tag(3, kBytes): trace_state = reader.bytes(); break;
      case Tag(4, kBytes): {
        const DecodeError error = attributes_.Add(reader.bytes());
        if (error != DecodeError::kNone) return InField("link attribute", error);
        break;
      }
      case Tag(5, kVarint): dropped = reader.number(); break;
      case Tag(6, kFixed32): flags = reader.number(); break;
      default: break;
    }
  }
  if (!reader.ok()) return InField("link", DecodeError::kMalformed);
  RecordError error = CheckOptionalId("link trace_id", 16, trace_id);
  if (error.empty()) error = CheckOptionalId("link span_id", 8, span_id);
  if (error.empty()) error = CheckFitsInt("link dropped_attributes_count", dropped);
  if (!error.empty()) return error;
  if (!trace_state_.SetUnlessEmpty(children_, trace_state)) {
    return InField("link trace_state", DecodeError::kNotText);
  }
  if (!trace_id.empty()) trace_id_.Set(children_, trace_id);
  if (!span_id.empty()) span_id_.Set(children_, span_id);
  attributes_.CloseRow(children_);
  dropped_.Set(children_, static_cast<int32_t>(dropped));
  flags_.Set(children_, static_cast<int32_t>(flags));
  ++children_;
  return {};
}

void LinkColumns::Truncate(int64_t rows) {
  children_ = offsets_.Truncate(rows);
  trace_id_.Truncate(children_);
  span_id_.Truncate(children_);
  trace_state_.Truncate(children_);
  attributes_.Truncate(children_);
  dropped_.Truncate(children_);
  flags_.Truncate(children_);
}

int64_t LinkColumns::byte_size() const {
  return offsets_.byte_size() + trace_id_.byte_size() + span_id_.byte_size() +
         trace_state_.byte_size() + attributes_.byte_size() + dropped_.byte_size() +
         flags_.byte_size();
}

std::shared_ptr<arrow::Array> LinkColumns::Gather(Positions order, const arrow::Field& field) {
  const ListOffsets::Gathered gathered = offsets_.Gather(order);
  const Positions children = gathered.children;
  return MakeStructList(
      field, gathered,
      {trace_id_.Gather(children), span_id_.Gather(children), trace_state_.Gather(children),
       attributes_.GatherMap(children, MapTypeInList(field, "attributes")),
       attributes_.GatherTypes(children), dropped_.Gather(children, arrow::int32()),
       flags_.Gather(children, arrow::int32())});
}

Status LinkColumns::WriteTo(const LeafTarget& rows) const {
  const Slots links = ListSlots(rows.slots, offsets_);
  const LeafTarget out{rows.sink, links, rows.scratch};
  TRY(trace_id_.WriteTo(out));
  TRY(span_id_.WriteTo(out));
  TRY(trace_state_.WriteTo(out));
  TRY(attributes_.WriteTo(out));
  TRY(dropped_.WriteTo(out));
  return flags_.WriteTo(out);
}

std::shared_ptr<arrow::Array> MakeStructList(
    const arrow::Field& field, const ListOffsets::Gathered& gathered,
    const std::vector<std::shared_ptr<arrow::Array>>& members) {
  const auto& element = static_cast<const arrow::ListType&>(*field.type()).value_field();
  const auto structs = MakeStruct(*element, members, nullptr);
  const int64_t length = gathered.offsets->size() / 4 - 1;
  return std::make_shared<arrow::ListArray>(arrow::list(element->WithType(structs->type())), length,
                                            gathered.offsets, structs);
}

const arrow::MapType& MapTypeInList(const arrow::Field& field, const char* member) {
  const auto& element = static_cast<const arrow::ListType&>(*field.type()).value_field();
  const auto& members = static_cast<const arrow::StructType&>(*element->type());
  return static_cast<const arrow::MapType&>(*members.GetFieldByName(member)->type());
}

}  // namespace weir::columnar
