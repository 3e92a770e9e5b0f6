// SPDX-License-Identifier: Apache-2.0
#include "columnar/metric_children.h"

#include <arrow/array.h>
#include <arrow/type.h>

#include "columnar/child_columns.h"
#include "columnar/column/slots.h"
#include "columnar/wire/wire_reader.h"

namespace weir::columnar {
namespace {

using enum WireType;

}  // namespace

void PointValueColumns::Set(int64_t row, const PointValue& value) {
  if (value.kind == PointValue::Kind::kDouble) value_.Set(row, value.as_double);
  if (value.kind == PointValue::Kind::kInt) {
    value_.Set(row, static_cast<double>(value.as_int));
    value_int_.Set(row, value.as_int);
  }
}

std::shared_ptr<arrow::Array> PointValueColumns::GatherValue(Positions order) const {
  return value_.Gather(order, arrow::float64());
}

std::shared_ptr<arrow::Array> PointValueColumns::GatherValueInt(Positions order) const {
  return value_int_.Gather(order, arrow::int64());
}

Status PointValueColumns::WriteTo(const LeafTarget& out) const {
  TRY(value_.WriteTo(out));
  return value_int_.WriteTo(out);
}

RecordError ExemplarColumns::Add(std::string_view wire) {
  uint64_t time = 0;
  PointValue value;
  std::string_view span_id, trace_id;
  WireReader reader(wire);
  while (reader.Next()) {
    switch (reader.tag()) {
      case Tag(2, kFixed64): time = reader.number(); break;
      case Tag(3, kFixed64):
        value = {PointValue::Kind::kDouble, reader.number_as_double(), 0};
        break;
      case Tag(4, kBytes): span_id = reader.bytes(); break;
      case Tag(5, kBytes): trace_id = reader.bytes(); break;
      case Tag(6, kFixed64):
        value = {PointValue::Kind::kInt, 0, static_cast<int64_t>(reader.number())};
        break;
      case Tag(7, kBytes): {
        const DecodeError error = attributes_.Add(reader.bytes());
        if (error != DecodeError::kNone) return InField("exemplar attribute", error);
        break;
      }
      default: break;
    }
  }
  if (!reader.ok()) return InField("exemplar", DecodeError::kMalformed);
  RecordError error = CheckFitsLong("exemplar time_unix_nano", time);
  if (error.empty()) error = CheckOptionalId("exemplar span_id", 8, span_id);
  if (error.empty()) error = CheckOptionalId("exemplar trace_id", 16, trace_id);
  if (!error.empty()) return error;
  time_unix_nano_.Set(children_, static_cast<int64_t>(time));
  value_.Set(children_, value);
  if (!span_id.empty()) span_id_.Set(children_, span_id);
  if (!trace_id.empty()) trace_id_.Set(children_, trace_id);
  attributes_.CloseRow(children_);
  ++children_;
  return {};
}

void ExemplarColumns::Truncate(int64_t rows) {
  children_ = offsets_.Truncate(rows);
  time_unix_nano_.Truncate(children_);
  value_.Truncate(children_);
  span_id_.Truncate(children_);
  trace_id_.Truncate(children_);
  attributes_.Truncate(children_);
}

int64_t ExemplarColumns::byte_size() const {
  return offsets_.byte_size() + time_unix_nano_.byte_size() + value_.byte_size() +
         span_id_.byte_size() + trace_id_.byte_size() + attributes_.byte_size();
}

std::shared_ptr<arrow::Array> ExemplarColumns::Gather(Positions order, const arrow::Field& field) {
  const ListOffsets::Gathered gathered = offsets_.Gather(order);
  const Positions children = gathered.children;
  return MakeStructList(
      field, gathered,
      {time_unix_nano_.Gather(children, arrow::int64()), value_.GatherValue(children),
       value_.GatherValueInt(children), span_id_.Gather(children), trace_id_.Gather(children),
       attributes_.GatherMap(children, MapTypeInList(field, "filtered_attributes")),
       attributes_.GatherTypes(children)});
}

Status ExemplarColumns::WriteTo(const LeafTarget& rows) const {
  const Slots exemplars = ListSlots(rows.slots, offsets_);
  const LeafTarget out{rows.sink, exemplars, rows.scratch};
  TRY(time_unix_nano_.WriteTo(out));
  TRY(value_.WriteTo(out));
  TRY(span_id_.WriteTo(out));
  TRY(trace_id_.WriteTo(out));
  return attributes_.WriteTo(out);
}

RecordError QuantileColumns::Add(std::string_view wire) {
  double quantile = 0, value = 0;
  WireReader reader(wire);
  while (reader.Next()) {
    if (reader.tag() == Tag(1, kFixed64)) quantile = reader.number_as_double();
    if (reader.tag() == Tag(2, kFixed64)) value = reader.number_as_double();
  }
  if (!reader.ok()) return InField("quantile", DecodeError::kMalformed);
  quantile_.Set(children_, quantile);
  value_.Set(children_, value);
  ++children_;
  return {};
}

void QuantileColumns::Truncate(int64_t rows) {
  children_ = offsets_.Truncate(rows);
  quantile_.Truncate(children_);
  value_.Truncate(children_);
}

int64_t QuantileColumns::byte_size() const {
  return offsets_.byte_size() + quantile_.byte_size() + value_.byte_size();
}

std::shared_ptr<arrow::Array> QuantileColumns::Gather(Positions order,
                                                      const arrow::Field& field) const {
  const ListOffsets::Gathered gathered = offsets_.Gather(order);
  return MakeStructList(field, gathered,
                        {quantile_.Gather(gathered.children, arrow::float64()),
                         value_.Gather(gathered.children, arrow::float64())});
}

Status QuantileColumns::WriteTo(const LeafTarget& rows) const {
  const Slots quantiles = ListSlots(rows.slots, offsets_);
  const LeafTarget out{rows.sink, quantiles, rows.scratch};
  TRY(quantile_.WriteTo(out));
  return value_.WriteTo(out);
}

}  // namespace weir::columnar
