// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which data files a query's filters leave, by what manifests say of them.

#include <duckdb/planner/table_filter.hpp>
#include <map>

#include "datafile/data_file.h"
#include "query/sql/columns.h"

namespace weir::query::sql {

/// Filters by the position of their column among the table's. Borrowed.
using FiltersByColumn = std::map<size_t, const duckdb::TableFilter*>;

/// False only where no row of the file can pass all filters. Columns without statistics bound
/// nothing.
bool MayMatch(const datafile::DataFile& file, const Columns& columns,
              const FiltersByColumn& filters);

}  // namespace weir::query::sql
