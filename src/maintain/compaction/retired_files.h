// SPDX-License-Identifier: Apache-2.0
#pragma once
// The one place that deletes what a commit retired, once nobody can ask for a version that has it:
// data files, and the metadata of versions that were dropped ahead of time.

#include <chrono>
#include <cstdint>
#include <limits>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "catalog/catalog.h"
#include "store/store.h"

namespace weir::maintain {

struct RetiredFilesOptions {
  store::Store& store;
  catalog::Catalog& catalog;
  const Clock& clock;
  // Delta's versions that are younger are kept, and queries that began before the commit go on.
  std::chrono::milliseconds history = std::chrono::hours(1);
  // The oldest version that Delta's log tells of: files that it or a later one has stay.
  int64_t oldest_delta_version = std::numeric_limits<int64_t>::max();
};

/// What is due of one table, metadata first, at most what one round deletes. A file is due when it
/// was retired before the history that is kept, no version has it that Delta's log tells of, and no
/// snapshot that Iceberg's current metadata names. Errors: of the store and the catalog.
Result<std::vector<catalog::RetiredFile>> DueRetiredFiles(const RetiredFilesOptions& options,
                                                          const catalog::TableEntry& entry);

/// Deletes what is `due`. Doing it again, or dying in the middle, is harmless. Errors: of the store
/// and the catalog.
Status DeleteDueFiles(const RetiredFilesOptions& options, const catalog::TableEntry& entry,
                      const std::vector<catalog::RetiredFile>& due);
/// Finds it first; returns how many files that were.
Result<int64_t> DeleteRetiredFiles(const RetiredFilesOptions& options,
                                   const catalog::TableEntry& entry);

}  // namespace weir::maintain
