// SPDX-License-Identifier: Apache-2.0
#pragma once
// Bounds of a time column that follow from filters of what it was rounded to.

#include <duckdb/planner/expression.hpp>

namespace weir::query::sql {

/// For a filter like `time_bucket(INTERVAL 1 MINUTE, time) >= c` adds what follows for `time`
/// itself, so that files and row groups can be left out by it: views by minute have such filters.
/// The filters stay as they are. Those of `date_trunc` DuckDB turns into ones of its column.
void AddTimeBounds(duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& filters);

}  // namespace weir::query::sql
