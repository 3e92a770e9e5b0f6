// SPDX-License-Identifier: Apache-2.0
#pragma once
// An Iceberg schema as DuckDB's columns.

#include <duckdb/common/multi_file/multi_file_data.hpp>
#include <vector>

#include "base/result.h"
#include "table/iceberg/schema_json.h"

namespace weir::query::sql {

using Columns = duckdb::vector<duckdb::MultiFileColumnDefinition>;

/// Found in files by their field ids; null in a file that lacks them.
/// Errors: kBadRequest naming a type that is not known.
Result<Columns> ColumnsOf(const table::iceberg::Schema& schema);

}  // namespace weir::query::sql
