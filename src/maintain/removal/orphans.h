// SPDX-License-Identifier: Apache-2.0
#pragma once
// Files in a table's folder that no version names: what kills left between file and commit.

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "catalog/catalog.h"
#include "maintain/lake.h"
#include "store/store.h"

namespace weir::maintain {

struct Orphan {
  std::string path;  // Relative to the table.
  int64_t bytes = 0;
  int64_t modified_ms = 0;
  bool is_ours = true;  // Named as this program names files, or what a write of it left unfinished.
};

struct OrphanLimits {
  // Nothing younger is an orphan.
  std::chrono::milliseconds grace = std::chrono::hours(24);
  // When this process started, on the wall's clock: what was written since may be a commit's that
  // is under way, or one whose outcome is unknown.
  int64_t process_start_ms = 0;
};

/// Old files that neither a kept version of either format names, nor an entry that waits for the
/// log, nor the list of retired files. Of a folder that one process alone writes to.
/// Errors: kRetryLater where a version can't be read, so that it is not known what is named;
/// kConflict where the catalog is older than the files; those of catalog and store.
Result<std::vector<Orphan>> FindOrphans(const Lake& lake, const catalog::TableEntry& entry,
                                        const OrphanLimits& limits);

/// Deletes those that are ours; logs and counts each. Errors: the store's.
Status DeleteOrphans(store::Store& store, const catalog::TableEntry& entry,
                     const std::vector<Orphan>& orphans);

}  // namespace weir::maintain
