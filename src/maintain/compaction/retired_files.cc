// SPDX-License-Identifier: Apache-2.0
#include "maintain/compaction/retired_files.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/log.h"
#include "maintain/lake.h"
#include "maintain/metrics.h"
#include "table/iceberg/read_table.h"

namespace weir::maintain {
namespace {

namespace iceberg = table::iceberg;

/// Of one round: the catalog is told once for all of them.
constexpr size_t kDeletedMax = 500;

/// Whether a snapshot of the versions [added, removed) is kept.
bool IsKept(const std::vector<iceberg::Snapshot>& snapshots, const catalog::RetiredFile& file) {
  const auto first = std::ranges::lower_bound(snapshots, file.added_version, {},
                                              &iceberg::Snapshot::sequence_number);
  return first != snapshots.end() && first->sequence_number < file.removed_version;
}

}  // namespace

Result<int64_t> DeleteRetiredFiles(const RetiredFilesOptions& options,
                                   const catalog::TableEntry& entry) {
  const int64_t before_ms = options.clock.UnixMillis() - options.history.count();
  const auto retired = TRY(options.catalog.ListRetired(entry.name, before_ms));
  if (retired.empty()) return 0;
  const auto root = StorePath(options.store, entry.location);
  const auto path = StorePath(options.store, entry.metadata_location);
  if (!root || !path) return Error(ErrorKind::kBadRequest, entry.location + " is elsewhere");
  // An older state than the catalog's by now keeps more snapshots, never fewer.
  const iceberg::TableState state = TRY(iceberg::ReadTableMetadata(options.store, *path));
  std::vector<std::string> deleted;
  for (const catalog::RetiredFile& one : retired) {
    if (IsKept(state.metadata.snapshots, one)) continue;
    TRY(options.store.Delete(*root + "/" + one.path));
    deleted.push_back(one.path);
    if (deleted.size() == kDeletedMax) break;
  }
  if (deleted.empty()) return 0;
  TRY(options.catalog.ForgetRetired(entry.name, deleted));
  kRetiredFilesDeleted.With({entry.name.ToString()}).Add(std::ssize(deleted));
  log::Info("deleted files that no kept version has",
            {{"table", entry.name.ToString()}, {"files", deleted.size()}});
  return std::ssize(deleted);
}

}  // namespace weir::maintain
