// SPDX-License-Identifier: Apache-2.0
#pragma once
// What commits measure.

#include "base/metrics.h"

namespace weir::commit {

inline metrics::Family<metrics::Histogram> kCommitLatency(
    "weir_commit_latency_seconds", "From sealing the rows to both formats showing them.");
inline metrics::Family<metrics::Counter> kCommits("weir_commits_total",
                                                  "Commits of all tables together.");
inline metrics::Family<metrics::Counter> kCommitRetries(
    "weir_commit_retries_total", "Steps of a commit that failed and were tried again.", {"step"});
inline metrics::Family<metrics::Counter> kCommitConflicts(
    "weir_commit_conflicts_total", "Commits that found a table moved by someone else.");
inline metrics::Family<metrics::Counter> kCommittedRows("weir_committed_rows_total",
                                                        "Rows made visible.", {"table"});
inline metrics::Family<metrics::Counter> kCommittedBytes("weir_committed_file_bytes_total",
                                                         "Bytes of data files made visible.",
                                                         {"table"});
inline metrics::Family<metrics::Counter> kAppendedFiles(
    "weir_appended_files_total", "Data files of other engines, appended to Weir's tables.",
    {"table"});
inline metrics::Family<metrics::Gauge> kOldestUncommitted(
    "weir_oldest_uncommitted_seconds",
    "Age of the oldest acknowledged row that is not in a table.");

}  // namespace weir::commit
