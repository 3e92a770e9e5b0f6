// SPDX-License-Identifier: Apache-2.0
#pragma once
// What looking after the tables measures.

#include "base/metrics.h"

namespace weir::maintain {

inline metrics::Family<metrics::Gauge> kFormatMismatchTables(
    "weir_format_mismatch_tables",
    "Tables whose Iceberg and Delta metadata list different files or cannot be read. "
    "`weir table verify` says what.");
inline metrics::Family<metrics::Gauge> kFormatCheckTimestamp(
    "weir_format_check_timestamp_seconds",
    "When both formats of all tables were last compared, seconds since the epoch; 0 before.");

inline metrics::Family<metrics::Counter> kDeltaCheckpoints("weir_delta_checkpoints_total",
                                                           "Checkpoints written to Delta logs");
inline metrics::Family<metrics::Counter> kDeltaEntriesRemoved(
    "weir_delta_entries_removed_total",
    "Entries removed from Delta logs: they are older than the history that is kept");

inline metrics::Family<metrics::Counter> kCompactedFiles(
    "weir_compacted_files_total", "Data files that compaction put one in the place of", {"table"});
inline metrics::Family<metrics::Counter> kCompactedBytes("weir_compacted_bytes_total",
                                                         "Their bytes", {"table"});
inline metrics::Family<metrics::Counter> kCompactionConflicts(
    "weir_compaction_conflicts_total", "Runs given up because a file was not live any more");
inline metrics::Family<metrics::Counter> kRetiredFilesDeleted(
    "weir_retired_files_deleted_total", "Data files deleted since no kept version has them",
    {"table"});

}  // namespace weir::maintain
