// SPDX-License-Identifier: Apache-2.0
#include "maintain/compaction/retired_files.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "base/fault_point.h"
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

Result<std::vector<catalog::RetiredFile>> DueRetiredFiles(const RetiredFilesOptions& options,
                                                          const catalog::TableEntry& entry) {
  const int64_t before_ms = options.clock.UnixMillis() - options.history.count();
  auto due = TRY(options.catalog.ListRetired(entry.name, before_ms));
  if (due.empty()) return due;
  const std::string path = TRY(PathBelow(options.store, entry.metadata_location));
  // An older state than the catalog's by now keeps more snapshots, never fewer.
  const iceberg::TableState state = TRY(iceberg::ReadTableMetadata(options.store, path));
  std::erase_if(due, [&](const catalog::RetiredFile& one) {
    return one.removed_version > options.oldest_delta_version ||
           IsKept(state.metadata.snapshots, one);
  });
  // What names a file goes before the file.
  const auto is_data = [](const catalog::RetiredFile& one) {
    return one.path.starts_with("data/");
  };
  std::vector<catalog::RetiredFile> ordered;
  std::ranges::remove_copy_if(due, std::back_inserter(ordered), is_data);
  std::ranges::copy_if(due, std::back_inserter(ordered), is_data);
  if (ordered.size() > kDeletedMax) ordered.resize(kDeletedMax);
  return ordered;
}

Status DeleteDueFiles(const RetiredFilesOptions& options, const catalog::TableEntry& entry,
                      const std::vector<catalog::RetiredFile>& due) {
  if (due.empty()) return Status::OK();
  const std::string root = TRY(PathBelow(options.store, entry.location));
  std::vector<std::string> deleted;
  for (const catalog::RetiredFile& one : due) {
    fault::Point("retired.delete.before");
    TRY(options.store.Delete(root + "/" + one.path));
    deleted.push_back(one.path);
  }
  fault::Point("retired.delete.after");
  TRY(options.catalog.ForgetRetired(entry.name, deleted));
  kRetiredFilesDeleted.With({entry.name.ToString()}).Add(std::ssize(deleted));
  log::Info("deleted files that no kept version has",
            {{"table", entry.name.ToString()}, {"files", deleted.size()}});
  return Status::OK();
}

Result<int64_t> DeleteRetiredFiles(const RetiredFilesOptions& options,
                                   const catalog::TableEntry& entry) {
  const auto due = TRY(DueRetiredFiles(options, entry));
  TRY(DeleteDueFiles(options, entry, due));
  return std::ssize(due);
}

}  // namespace weir::maintain
