// SPDX-License-Identifier: Apache-2.0
#include "table/iceberg/manifest_change.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "table/iceberg/file_layout.h"
#include "table/iceberg/read_table.h"

namespace weir::table::iceberg {
namespace {

using datafile::DataFile;

/// Takes files out of manifests. Lives for one commit.
class Removal {
 public:
  Removal(const std::vector<DataFile>& files, const CommitNumbers& commit) : commit_(commit) {
    for (const DataFile& file : files) {
      date_min_ = paths_.empty() ? file.date : std::min(date_min_, file.date);
      date_max_ = paths_.empty() ? file.date : std::max(date_max_, file.date);
      paths_.insert(file.path);
    }
  }

  bool MayBeIn(const ManifestFile& manifest) const {
    if (paths_.empty() || manifest.content != ManifestContent::kData) return false;
    return manifest.date_min.value_or(date_min_) <= date_max_ &&
           manifest.date_max.value_or(date_max_) >= date_min_;
  }

  /// The live entries of `manifest`, those to remove marked as deleted; null when there is none of
  /// these.
  ManifestEntries Mark(const std::vector<ManifestEntry>& loaded, ChangedManifests& changed) {
    Summary& summary = changed.summary;
    auto entries = std::make_shared<std::vector<ManifestEntry>>();
    bool has_deleted = false;
    for (const ManifestEntry& entry : loaded) {
      if (!entry.is_live()) continue;
      entries->push_back(entry);
      const bool is_removed = paths_.erase(entry.file.path) > 0;
      entries->back().status = is_removed ? EntryStatus::kDeleted : EntryStatus::kExisting;
      if (!is_removed) continue;
      entries->back().snapshot_id = commit_.snapshot_id;
      // Bounds are values of rows, which may be removed for being forgotten.
      for (auto& [id, column] : entries->back().file.statistics) column.lower = column.upper = {};
      ++summary.deleted_files;
      summary.deleted_records += entry.file.record_count;
      summary.removed_bytes += entry.file.file_bytes;
      changed.retired.push_back(
          {entry.file.path, entry.file_sequence_number, commit_.sequence_number});
      has_deleted = true;
    }
    return has_deleted ? entries : nullptr;
  }

  /// What was not found in any manifest.
  const std::set<std::string>& missing() const { return paths_; }
  const CommitNumbers& commit() const { return commit_; }

 private:
  std::set<std::string> paths_;
  int32_t date_min_ = 0;
  int32_t date_max_ = 0;
  const CommitNumbers commit_;
};

Status RemoveFiles(const store::Store& store, const TableState& state, Removal& removal,
                   ChangedManifests& changed) {
  for (const ManifestFile& manifest : state.manifests) {
    // A manifest of deletions alone told its own snapshot's story and no other's.
    if (manifest.live_files() == 0 && manifest.content == ManifestContent::kData) continue;
    changed.manifests.push_back(manifest);
    if (!removal.MayBeIn(manifest)) continue;
    const ManifestEntries loaded = TRY(LoadEntries(store, state, manifest));
    const ManifestEntries marked = removal.Mark(*loaded, changed);
    if (marked == nullptr) continue;
    ManifestFile& rewritten = changed.manifests.back();
    rewritten = Describe(marked, removal.commit().sequence_number, removal.commit().snapshot_id);
  }
  return Status::OK();
}

/// A manifest for the files of each partition spec.
Result<std::vector<ManifestFile>> AddFiles(const TableState& state,
                                           const std::vector<DataFile>& added,
                                           const CommitNumbers& commit, Summary& summary) {
  const bool is_sorted = state.metadata.sort_orders.size() > 1;
  std::map<int32_t, std::vector<ManifestEntry>> by_spec;
  for (const DataFile& file : added) {
    if (file.path.empty()) {
      return Error(ErrorKind::kBadRequest,
                   fmt::format("commit to {}: an added file has no path", state.location.root));
    }
    by_spec[file.spec_id].push_back(
        {.status = EntryStatus::kAdded,
         .snapshot_id = commit.snapshot_id,
         .sequence_number = commit.sequence_number,
         .file_sequence_number = commit.sequence_number,
         .sort_order_id = file.sort_order_id.value_or(is_sorted ? kFreshOrderId : 0),
         .file = file});
    ++summary.added_files;
    summary.added_records += file.record_count;
    summary.added_bytes += file.file_bytes;
  }
  std::vector<ManifestFile> manifests;
  for (auto& [spec_id, entries] : by_spec) {
    manifests.push_back(
        Describe(std::make_shared<const std::vector<ManifestEntry>>(std::move(entries)),
                 commit.sequence_number, commit.snapshot_id));
  }
  return manifests;
}

std::string OperationOf(const TableChange& change) {
  if (change.removed.empty()) return "append";
  if (change.is_rearrangement) return "replace";
  return change.added.empty() ? "delete" : "overwrite";
}

void FinishSummary(const TableState& state, const TableChange& change, Summary& summary) {
  std::set<std::pair<int32_t, std::vector<std::optional<datafile::Bound>>>> partitions;
  for (const DataFile& file : change.added) partitions.emplace(file.date, file.partition);
  for (const DataFile& file : change.removed) partitions.emplace(file.date, file.partition);
  const Snapshot* parent = state.metadata.CurrentSnapshot();
  const Summary before = parent == nullptr ? Summary{} : parent->summary;
  summary.operation = OperationOf(change);
  summary.changed_partitions = std::ssize(partitions);
  summary.total_files = before.total_files + summary.added_files - summary.deleted_files;
  summary.total_records = before.total_records + summary.added_records - summary.deleted_records;
  summary.total_bytes = before.total_bytes + summary.added_bytes - summary.removed_bytes;
  if (change.asked_by) summary.other = change.asked_by->summary;
}

}  // namespace

Result<ChangedManifests> ApplyChange(const store::Store& store, const TableState& state,
                                     const TableChange& change, const CommitNumbers& commit) {
  ChangedManifests changed;
  Summary& summary = changed.summary;
  Removal removal(change.removed, commit);
  TRY(RemoveFiles(store, state, removal, changed));
  if (!removal.missing().empty()) {
    return Error(ErrorKind::kConflict,
                 fmt::format("commit to {}: expected file {} to be live", state.location.root,
                             *removal.missing().begin()));
  }
  if (!change.added.empty()) {
    std::vector<ManifestFile> added = TRY(AddFiles(state, change.added, commit, summary));
    std::ranges::move(added, std::back_inserter(changed.manifests));
  }
  FinishSummary(state, change, summary);
  return changed;
}

}  // namespace weir::table::iceberg
