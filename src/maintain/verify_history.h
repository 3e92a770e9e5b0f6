// SPDX-License-Identifier: Apache-2.0
#pragma once
// The proof that older versions can still be read: every file of every version that is kept is on
// disk, and nothing else is.

#include <chrono>
#include <cstdint>
#include <vector>

#include "base/result.h"
#include "maintain/finding.h"
#include "maintain/lake.h"
#include "maintain/removal/forgotten_value.h"

namespace weir::maintain {

struct HistoryOptions {
  // Files are put before the commit that names them.
  std::chrono::seconds grace = std::chrono::hours(1);
  /// Nothing has any of these: no version, and no file in the table's folder.
  std::vector<ForgottenValue> forgotten;
};

struct HistoryReport {
  int64_t snapshots = 0, delta_versions = 0;  // That were read.
  int64_t files = 0;                          // That they name, of all kinds.
  int64_t unnamed_files = 0;                  // Older than the grace: a warning.
  int64_t searched_files = 0;                 // For what is forgotten.
  Findings findings;
};

/// Existence and size of every file that a kept version names, rows of data files that older ones
/// alone have by their footers, both formats' lists against each other where a version is in both,
/// and a search for what is forgotten. Errors: those of the catalog.
Result<HistoryReport> VerifyHistory(const Lake& lake, const catalog::TableName& name,
                                    const HistoryOptions& options = {});

}  // namespace weir::maintain
