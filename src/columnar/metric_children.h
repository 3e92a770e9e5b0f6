// SPDX-License-Identifier: Apache-2.0
#pragma once
// The lists of structs inside data points: exemplars and quantiles, a child row each.

#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <string_view>

#include "columnar/attribute_columns.h"
#include "columnar/column/columns.h"
#include "columnar/record_error.h"

namespace weir::columnar {

/// A number that is a double or an exact integer, as OTLP's points and exemplars have it.
struct PointValue {
  enum class Kind : uint8_t { kNone, kDouble, kInt } kind = Kind::kNone;
  double as_double = 0;
  int64_t as_int = 0;
};

/// `value` DOUBLE and `value_int` BIGINT. One thread.
class PointValueColumns {
 public:
  void Set(int64_t row, const PointValue& value);
  void Truncate(int64_t rows) { value_.Truncate(rows), value_int_.Truncate(rows); }
  int64_t byte_size() const { return value_.byte_size() + value_int_.byte_size(); }
  std::shared_ptr<arrow::Array> GatherValue(Positions order) const;
  std::shared_ptr<arrow::Array> GatherValueInt(Positions order) const;
  /// The leaves of both columns.
  Status WriteTo(const LeafTarget& out) const;

 private:
  NumberColumn<double> value_;
  NumberColumn<int64_t> value_int_;
};

/// ARRAY<STRUCT<time_unix_nano, value, value_int, span_id, trace_id, filtered_attributes, …types>>.
/// One thread.
class ExemplarColumns {
 public:
  explicit ExemplarColumns(const DecodeLimits& limits) : attributes_(limits) {}

  RecordError Add(std::string_view wire);
  void CloseRow(int64_t row) { offsets_.Set(row, children_); }
  void Truncate(int64_t rows);
  int64_t byte_size() const;
  std::shared_ptr<arrow::Array> Gather(Positions order, const arrow::Field& field);
  Status WriteTo(const LeafTarget& rows) const;

 private:
  int64_t children_ = 0;
  ListOffsets offsets_;
  NumberColumn<int64_t> time_unix_nano_;
  PointValueColumns value_;
  IdColumn span_id_{8}, trace_id_{16};
  AttributeColumns attributes_;
};

/// ARRAY<STRUCT<quantile, value>>. One thread.
class QuantileColumns {
 public:
  RecordError Add(std::string_view wire);
  void CloseRow(int64_t row) { offsets_.Set(row, children_); }
  void Truncate(int64_t rows);
  int64_t byte_size() const;
  std::shared_ptr<arrow::Array> Gather(Positions order, const arrow::Field& field) const;
  Status WriteTo(const LeafTarget& rows) const;

 private:
  int64_t children_ = 0;
  ListOffsets offsets_;
  NumberColumn<double> quantile_, value_;
};

}  // namespace weir::columnar
