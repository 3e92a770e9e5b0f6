// SPDX-License-Identifier: Apache-2.0
#pragma once
// Weir's tables as DuckDB's: a name becomes a scan of the files of one snapshot.

#include <duckdb/main/config.hpp>
#include <duckdb/main/connection.hpp>

#include "query/sql/engine.h"

namespace weir::query::sql {

/// The table function behind every table. It reads what the session's view has, and nothing else.
inline constexpr const char* kScanFunction = "weir_scan";

/// Adds the function to the database of `connection`. Raises what DuckDB does.
void AddScanFunction(duckdb::Connection& connection);

/// Names that are no tables of DuckDB's become scans: `otel_spans`, `telemetry.otel_spans`,
/// `weir.telemetry.otel_spans`; those of views what stands behind them.
duckdb::ReplacementScan TableNames(ViewText view_text);

/// The schema of a table that is named without one.
inline constexpr const char* kDefaultSchema = "telemetry";

}  // namespace weir::query::sql
