// SPDX-License-Identifier: Apache-2.0
#pragma once
// `span_times(spans)`, a function of SQL: query/trace/span_times of a trace's spans.

#include <duckdb/main/connection.hpp>

namespace weir::query::sql {

/// Adds it to the database of `connection`: of a list of {span_id, parent_span_id, start_ns,
/// end_ns}, all of a trace, a list of {children_ns, critical_ns} in the same order. Raises what
/// DuckDB does.
void AddSpanTimes(duckdb::Connection& connection);

}  // namespace weir::query::sql
