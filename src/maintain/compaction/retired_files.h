// SPDX-License-Identifier: Apache-2.0
#pragma once
// The one place that deletes data files: those that a commit retired, once nobody can ask for a
// version that has them.

#include <chrono>
#include <cstdint>

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
};

/// Deletes what is due of one table and returns how many files that were. A file is due when it was
/// retired before the history that is kept, and no snapshot that Iceberg's current metadata names
/// has it. Doing it again, or dying in the middle, is harmless.
/// Errors: of the store and the catalog.
Result<int64_t> DeleteRetiredFiles(const RetiredFilesOptions& options,
                                   const catalog::TableEntry& entry);

}  // namespace weir::maintain
