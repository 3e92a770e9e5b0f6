// SPDX-License-Identifier: Apache-2.0
#pragma once
// How compaction lays out a table's files, as the table's own metadata says it: so that it is the
// same for whoever writes to the table.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "datafile/added/file_shape.h"
#include "table/iceberg/metadata.h"
#include "table/table_change.h"

namespace weir::table::iceberg {

inline constexpr int32_t kFreshOrderId = 1, kCompactedOrderId = 2;

/// The order of compacted files where it is not kCompactedOrderId.
inline constexpr const char* kCompactedOrderProperty = "weir.compacted-sort-order-id";
inline constexpr size_t kOrderColumnsMax = 8;

/// What compaction makes of files.
struct FileLayout {
  int32_t sort_order_id = 0;                    // kFreshOrderId where the table lists no other yet.
  std::vector<std::string> sort_columns;        // Of that order, ascending, nulls first, but for
  std::vector<std::string> descending_columns;  // these, which descend, nulls last.
  std::vector<int32_t> sort_field_ids;          // Those of sort_columns by id.
  std::vector<std::string> bloom_columns;
  datafile::FileShape shape;
  std::optional<int64_t> target_bytes;  // Of one file; where the table does not say, it is absent.
};

/// Lists the definition's compacted order as kCompactedOrderId, also where its columns are those of
/// fresh files, so that a file says whether it was compacted; and its bloom columns as the
/// properties that other writers follow, too. What is there already stays as it is.
/// Errors: kNotFound when the schema lacks a named column.
Status DeclareLayout(const TableDefinition& definition, Metadata& metadata);

/// Makes `order` that of compacted files, by a property: the default order stays none, so that
/// DuckDB goes on inserting. Errors: kBadRequest for columns that files can't be ordered by.
Status SetCompactedOrder(const std::vector<OrderedColumn>& order, Metadata& metadata);

/// Errors: kBadRequest when the order names a field that is no column of the current schema, or
/// orders otherwise than by plain values, nulls first where it ascends and last where it descends;
/// or a target size that is none; as ShapeOf.
Result<FileLayout> LayoutOf(const Metadata& metadata);

}  // namespace weir::table::iceberg
