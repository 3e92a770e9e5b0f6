// SPDX-License-Identifier: Apache-2.0
#pragma once
// The lists of structs inside spans: events and links, a child row each.

#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <string_view>

#include "columnar/attribute_columns.h"
#include "columnar/column/columns.h"
#include "columnar/record_error.h"

namespace weir::columnar {

/// ARRAY<STRUCT<time_unix_nano, name, attributes…>>. One thread. Children are added, then the row
/// is closed.
class EventColumns {
 public:
  explicit EventColumns(const DecodeLimits& limits) : attributes_(limits) {}

  RecordError Add(std::string_view wire);
  void CloseRow(int64_t row) { offsets_.Set(row, children_); }
  void Truncate(int64_t rows);
  int64_t byte_size() const;
  /// `field`: the list field, for names and ids.
  std::shared_ptr<arrow::Array> Gather(Positions order, const arrow::Field& field);
  Status WriteTo(const LeafTarget& rows) const;

 private:
  int64_t children_ = 0;
  ListOffsets offsets_;
  NumberColumn<int64_t> time_unix_nano_;
  TextColumn name_;
  AttributeColumns attributes_;
  NumberColumn<int32_t> dropped_;
};

/// ARRAY<STRUCT<trace_id, span_id, trace_state, attributes…, flags>>. One thread.
class LinkColumns {
 public:
  explicit LinkColumns(const DecodeLimits& limits) : attributes_(limits) {}

  RecordError Add(std::string_view wire);
  void CloseRow(int64_t row) { offsets_.Set(row, children_); }
  void Truncate(int64_t rows);
  int64_t byte_size() const;
  std::shared_ptr<arrow::Array> Gather(Positions order, const arrow::Field& field);
  Status WriteTo(const LeafTarget& rows) const;

 private:
  int64_t children_ = 0;
  ListOffsets offsets_;
  IdColumn trace_id_{16}, span_id_{8};
  TextColumn trace_state_;
  AttributeColumns attributes_;
  NumberColumn<int32_t> dropped_, flags_;
};

/// A list array of the struct `members` (of the children in gathered order).
std::shared_ptr<arrow::Array> MakeStructList(
    const arrow::Field& field, const ListOffsets::Gathered& gathered,
    const std::vector<std::shared_ptr<arrow::Array>>& members);

/// The map type of `member` in the list-of-structs `field`.
const arrow::MapType& MapTypeInList(const arrow::Field& field, const char* member);

}  // namespace weir::columnar
