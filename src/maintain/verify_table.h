// SPDX-License-Identifier: Apache-2.0
#pragma once
// The proof that a table's two formats say the same, and that what they say is on disk: one pass
// over metadata and files' sizes, then one over files' footers, which can be cut into pieces.

#include <chrono>
#include <cstdint>
#include <optional>

#include "base/result.h"
#include "maintain/finding.h"
#include "maintain/lake.h"

namespace weir::maintain {

struct VerifyOptions {
  // Files are put before the commit that lists them, so a young one may just wait for it.
  std::chrono::seconds grace = std::chrono::hours(1);
};

/// Objects in the table's data folder that neither format lists nor ever removed.
struct Unreferenced {
  int64_t files = 0, bytes = 0;  // Older than the grace: a finding, a warning.
  int64_t young_files = 0;
};

struct TableReport {
  int64_t snapshot_id = 0;    // Iceberg's; 0 before the first data and where it cannot be read.
  int64_t delta_version = 0;  // As the catalog has it.
  int64_t files = 0, rows = 0, bytes = 0;  // Live, as Iceberg lists them.
  Unreferenced unreferenced;
  Findings findings;
};

/// Compares catalog, Iceberg and Delta, and looks at each live file's existence and size.
/// Memory: the statistics of Delta's live files, about 3 kB each.
/// Errors: those of the catalog; what is wrong on disk are findings.
Result<TableReport> VerifyTable(const Lake& lake, const catalog::TableName& name,
                                const VerifyOptions& options = {});

/// Which files' footers to read: from the `first` one on, in manifest order.
struct FooterRange {
  int64_t snapshot_id = 0;
  int64_t first = 0;
  int64_t files_max = 1'000;
  std::chrono::milliseconds time_max{2'000};  // At least one file is read.
  bool reads_pages = false;                   // Every page too, not the footer alone.
};

struct FooterReport {
  int64_t files = 0;            // Of the snapshot.
  int64_t checked = 0;          // Footers read: of files that are there, with their size.
  std::optional<int64_t> next;  // Where to go on; nothing after the last file.
  Findings findings;
};

/// Holds each file's footer against what Iceberg records of it. Manifests that cannot be read are
/// VerifyTable's findings and passed over here.
/// Errors: kConflict when the table no longer has the snapshot; those of the catalog.
Result<FooterReport> VerifyFooters(const Lake& lake, const catalog::TableName& name,
                                   const FooterRange& range);

}  // namespace weir::maintain
