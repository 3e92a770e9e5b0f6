// SPDX-License-Identifier: Apache-2.0
#pragma once
// Alterations of Weir's own tables, made in their Iceberg metadata, which is the one place that
// says what a table became since it was published.

#include "base/result.h"
#include "datafile/added/file_shape.h"
#include "table/alteration.h"
#include "table/iceberg/metadata.h"
#include "table/table_change.h"

namespace weir::table::iceberg {

inline constexpr int kAddedColumnsMax = 100;
inline constexpr size_t kColumnNameMax = 100, kAttributeKeyMax = 256;
/// What says where a column's values come from: `weir.attribute.<column>` =
/// `attributes:http.route`.
inline constexpr const char* kAttributeProperty = "weir.attribute.";

/// Errors: kBadRequest, saying what to do instead, for what one of the formats could not hold or
/// would have to rewrite the table for; kConflict where the table is not the basis any more.
Status Alter(const Alteration& alteration, Metadata& metadata);

/// The columns that the table has beyond its first schema, and how its new files are divided.
/// Errors: kBadRequest where the metadata says what this program does not do.
Result<datafile::FileShape> ShapeOf(const Metadata& metadata);

/// The definition of a table as published, brought to what its metadata says it became.
Result<TableDefinition> DefinitionNow(TableDefinition published, const Metadata& metadata);

}  // namespace weir::table::iceberg
