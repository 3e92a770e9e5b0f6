// SPDX-License-Identifier: Apache-2.0
#pragma once
// What one request to the REST catalog may cost.

#include <cstddef>

namespace weir::serve::iceberg {

/// Of a body that changes something, as sent and inflated. A schema of ten thousand columns is
/// about 2 MB.
constexpr size_t kWritingBytesMax = 8 << 20;

/// Iceberg's Java client sends a few kB of counters for a scan.
constexpr size_t kReportBytesMax = 1 << 20;

/// Tables in one transaction.
constexpr size_t kTransactionTablesMax = 256;

/// Files in one page of a plan: about 1 MB.
constexpr size_t kScanTasksMax = 2'000;

}  // namespace weir::serve::iceberg
