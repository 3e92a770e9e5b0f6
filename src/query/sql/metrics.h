// SPDX-License-Identifier: Apache-2.0
#pragma once
// What queries in SQL count.

#include "base/metrics.h"

namespace weir::query::sql {

inline metrics::Family<metrics::Gauge> kQueriesRunning("weir_queries_running",
                                                       "Queries that run now.");
inline metrics::Family<metrics::Histogram> kQuerySeconds(
    "weir_query_seconds",
    "Queries by how they ended: done, cut, refused, cancelled, time, retry or failed.", {"result"});
inline metrics::Family<metrics::Counter> kQueryRows("weir_query_rows_total",
                                                    "Rows of answers to queries.");
inline metrics::Family<metrics::Counter> kQueryBytes("weir_query_read_bytes_total",
                                                     "Bytes of data files that queries read.");
inline metrics::Family<metrics::Counter> kQueryFiles(
    "weir_query_files_total",
    "Data files of the tables that queries named: left to be read, or pruned before one was "
    "opened.",
    {"fate"});
inline metrics::Family<metrics::Counter> kQueryTailRows(
    "weir_query_tail_rows_total", "Rows of those tables that were in no file yet.");

}  // namespace weir::query::sql
