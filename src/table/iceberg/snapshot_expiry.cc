// SPDX-License-Identifier: Apache-2.0
#include "table/iceberg/snapshot_expiry.h"

#include <algorithm>
#include <set>

#include "table/iceberg/read_table.h"

namespace weir::table::iceberg {
namespace {

/// Manifests of one snapshot as URIs; nothing where its list cannot be read.
std::set<std::string> ManifestPaths(const store::Store& store, const TableState& state,
                                    const Snapshot& snapshot) {
  std::set<std::string> paths;
  const auto manifests = LoadManifestList(store, state.location, snapshot);
  if (!manifests.ok()) return paths;
  for (const ManifestFile& manifest : *manifests) paths.insert(manifest.path);
  return paths;
}

void AddStorePath(const Location& location, const std::string& uri, std::vector<std::string>& out) {
  std::string path = location.StorePath(uri);
  if (!path.empty()) out.push_back(std::move(path));
}

}  // namespace

std::vector<Snapshot> DropOldSnapshots(Metadata& metadata) {
  std::set<int64_t> protected_ids;
  for (const auto& [name, ref] : metadata.refs) protected_ids.insert(ref.snapshot_id);
  std::vector<Snapshot> dropped;
  size_t excess = metadata.snapshots.size() - std::min(metadata.snapshots.size(), kSnapshotsMax);
  std::erase_if(metadata.snapshots, [&](const Snapshot& snapshot) {
    if (excess == 0 || protected_ids.contains(snapshot.snapshot_id)) return false;
    --excess;
    dropped.push_back(snapshot);
    return true;
  });
  // The log may only name snapshots that exist, and is cut before the last that does not.
  for (const Snapshot& snapshot : dropped) {
    auto& entries = metadata.snapshot_log;
    const auto last = std::ranges::find(entries.rbegin(), entries.rend(), snapshot.snapshot_id,
                                        &SnapshotLogEntry::snapshot_id);
    entries.erase(entries.begin(), last.base());
  }
  return dropped;
}

std::vector<std::string> DropOldMetadataLog(Metadata& metadata) {
  auto& log = metadata.metadata_log;
  std::vector<std::string> dropped;
  if (log.size() <= kMetadataLogMax) return dropped;
  const auto keep = log.end() - kMetadataLogMax;
  for (auto entry = log.begin(); entry != keep; ++entry) dropped.push_back(entry->metadata_file);
  log.erase(log.begin(), keep);
  return dropped;
}

std::vector<std::string> ObsoleteFiles(const store::Store& store, const TableState& next,
                                       const std::vector<Snapshot>& dropped) {
  std::vector<std::string> obsolete;
  if (dropped.empty()) return obsolete;
  for (const Snapshot& snapshot : dropped) {
    AddStorePath(next.location, snapshot.manifest_list, obsolete);
  }
  // A manifest once replaced never comes back, so in a straight history what the oldest kept
  // snapshot lacks all later ones lack too. Branches and tags may hold older ones; then
  // maintenance decides.
  if (next.metadata.refs.size() > 1) return obsolete;
  std::set<std::string> kept = ManifestPaths(store, next, next.metadata.snapshots.front());
  if (kept.empty()) return obsolete;
  for (const ManifestFile& manifest : next.manifests) kept.insert(manifest.path);
  std::set<std::string> gone;
  for (const Snapshot& snapshot : dropped) gone.merge(ManifestPaths(store, next, snapshot));
  for (const std::string& uri : gone) {
    if (!kept.contains(uri)) AddStorePath(next.location, uri, obsolete);
  }
  return obsolete;
}

}  // namespace weir::table::iceberg
