// SPDX-License-Identifier: Apache-2.0
#pragma once
// The last word on what a query does: its bound plan, after every name and macro is resolved.

#include <duckdb/main/config.hpp>

namespace weir::query::sql {

/// Every plan of a user's query is checked before it is optimized: only reading operators, only
/// scans of Weir's tables or of nothing outside, only harmless functions. Raises otherwise.
void AddPlanCheck(duckdb::DBConfig& config);

}  // namespace weir::query::sql
