// SPDX-License-Identifier: Apache-2.0
#pragma once
// How compaction lays out a table's files, as the table's own metadata says it: so that it is the
// same for whoever writes to the table.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "table/iceberg/metadata.h"
#include "table/table_change.h"

namespace weir::table::iceberg {

inline constexpr int32_t kFreshOrderId = 1, kCompactedOrderId = 2;

/// What compaction makes of files.
struct FileLayout {
  int32_t sort_order_id = 0;              // kFreshOrderId where the table lists no other yet.
  std::vector<std::string> sort_columns;  // Of that order, ascending, nulls first.
  std::vector<int32_t> sort_field_ids;    // The same by id.
  std::vector<std::string> bloom_columns;
  std::optional<int64_t> target_bytes;  // Of one file; where the table does not say, it is absent.
};

/// Lists the definition's compacted order as kCompactedOrderId, also where its columns are those of
/// fresh files, so that a file says whether it was compacted; and its bloom columns as the
/// properties that other writers follow, too. What is there already stays as it is.
/// Errors: kNotFound when the schema lacks a named column.
Status DeclareLayout(const TableDefinition& definition, Metadata& metadata);

/// Errors: kBadRequest when the order names a field that is no column of the current schema, or
/// orders otherwise than ascending by plain values, nulls first; or a target size that is none.
Result<FileLayout> LayoutOf(const Metadata& metadata);

}  // namespace weir::table::iceberg
