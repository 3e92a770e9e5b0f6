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

inline metrics::Family<metrics::Counter> kRowsForgotten(
    "weir_forgotten_rows_total", "Rows removed since it was asked to forget them", {"table"});
inline metrics::Family<metrics::Counter> kForgetRequestsDone(
    "weir_forget_requests_done_total", "Requests to forget that are done, files deleted included");
inline metrics::Family<metrics::Counter> kVersionsDropped("weir_versions_dropped_total",
                                                          "Snapshots dropped ahead of their time",
                                                          {"table"});
inline metrics::Family<metrics::Counter> kExpiredRows(
    "weir_expired_rows_total", "Rows removed with partitions older than the retention", {"table"});
inline metrics::Family<metrics::Counter> kExpiredFiles("weir_expired_files_total", "Their files",
                                                       {"table"});
inline metrics::Family<metrics::Counter> kOrphansDeleted(
    "weir_orphan_files_deleted_total", "Files deleted since no version of either format names them",
    {"table"});

}  // namespace weir::maintain
