// SPDX-License-Identifier: Apache-2.0
#pragma once
// The texts that a filter leaves of a column.

#include <cstddef>
#include <duckdb/planner/table_filter.hpp>
#include <optional>
#include <string>
#include <vector>

namespace weir::query::sql {

/// Those of `= '…'` and `IN (…)`, or of any part of an AND. Nothing where the filter leaves other
/// texts too, or more than `texts_max`.
std::optional<std::vector<std::string>> TextsLeftBy(const duckdb::TableFilter& filter,
                                                    size_t texts_max);

}  // namespace weir::query::sql
