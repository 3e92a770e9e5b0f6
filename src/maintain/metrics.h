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

}  // namespace weir::maintain
