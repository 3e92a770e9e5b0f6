// SPDX-License-Identifier: Apache-2.0
#include "table/iceberg/snapshot_expiry.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "table/iceberg/read_table.h"

namespace weir::table::iceberg {
namespace {

/// Which of the spans of time that keep one snapshot each this one belongs to; its own where all
/// stay. Spans of one step never overlap those of another: ages differ.
struct Span {
  std::chrono::milliseconds every{};
  int64_t number = 0;

  bool operator==(const Span&) const = default;
};
Span SpanOf(const Snapshot& snapshot, int64_t now_ms) {
  Span span{.number = snapshot.sequence_number};
  for (const HistoryStep& step : kHistory) {
    if (now_ms - snapshot.timestamp_ms <= step.age.count()) break;
    span = {.every = step.every, .number = snapshot.timestamp_ms / step.every.count()};
  }
  return span;
}

/// Whether history does without the snapshot at `index`: another in the same span follows, or it is
/// beyond the horizon.
bool IsDispensable(const Metadata& metadata, size_t index) {
  const Span span = SpanOf(metadata.snapshots[index], metadata.last_updated_ms);
  if (span.every == std::chrono::milliseconds::max()) return true;
  if (span.every.count() == 0) return false;
  return metadata.snapshots[index + 1].timestamp_ms / span.every.count() == span.number;
}

/// A snapshot's manifests as URIs, each list read once.
class ManifestPaths {
 public:
  ManifestPaths(const store::Store& store, const TableState& state)
      : store_(store), state_(state) {}

  /// Null where the list cannot be read.
  const std::set<std::string>* Of(const Snapshot& snapshot) {
    const auto [known, is_new] = known_.try_emplace(snapshot.snapshot_id);
    if (is_new) known->second = Read(snapshot);
    return known->second ? &*known->second : nullptr;
  }

 private:
  std::optional<std::set<std::string>> Read(const Snapshot& snapshot) const {
    std::set<std::string> paths;
    if (snapshot.snapshot_id == state_.snapshot_id()) {  // Not written yet.
      for (const ManifestFile& manifest : state_.manifests) paths.insert(manifest.path);
      return paths;
    }
    const auto manifests = LoadManifestList(store_, state_.location, snapshot);
    if (!manifests.ok()) return std::nullopt;
    for (const ManifestFile& manifest : *manifests) paths.insert(manifest.path);
    return paths;
  }

  const store::Store& store_;
  const TableState& state_;
  std::map<int64_t, std::optional<std::set<std::string>>> known_;
};

void AddStorePath(const Location& location, const std::string& uri, std::vector<std::string>& out) {
  std::string path = location.StorePath(uri);
  if (!path.empty()) out.push_back(std::move(path));
}

bool HasBranches(const Metadata& metadata) {
  return std::ranges::any_of(metadata.refs, [](const auto& ref) {
    return ref.first != "main" && ref.second.type == "branch";
  });
}

/// Manifests of `dropped` that its neighbours in `kept` do not have. A manifest once replaced never
/// comes back, so in a straight history no other snapshot has them either.
void AddGoneManifests(const Snapshot& dropped, const std::vector<Snapshot>& kept,
                      ManifestPaths& paths, std::set<std::string>& gone) {
  const auto after =
      std::ranges::upper_bound(kept, dropped.sequence_number, {}, &Snapshot::sequence_number);
  const std::set<std::string> none;
  const auto* before_it = after == kept.begin() ? &none : paths.Of(*std::prev(after));
  const auto* after_it = after == kept.end() ? &none : paths.Of(*after);
  const auto* own = paths.Of(dropped);
  if (before_it == nullptr || after_it == nullptr || own == nullptr) return;
  for (const std::string& uri : *own) {
    if (!before_it->contains(uri) && !after_it->contains(uri)) gone.insert(uri);
  }
}

/// Takes the snapshots at `indices` out of the metadata, and returns them.
std::vector<Snapshot> Drop(const std::set<size_t>& indices, Metadata& metadata) {
  std::vector<Snapshot> dropped;
  if (indices.empty()) return dropped;
  for (const size_t i : indices) dropped.push_back(metadata.snapshots[i]);
  size_t index = 0;
  std::erase_if(metadata.snapshots, [&](const Snapshot&) { return indices.contains(index++); });
  // The log may only name snapshots that exist, and is cut before the last that does not.
  for (const Snapshot& snapshot : dropped) {
    auto& entries = metadata.snapshot_log;
    const auto last = std::ranges::find(entries.rbegin(), entries.rend(), snapshot.snapshot_id,
                                        &SnapshotLogEntry::snapshot_id);
    entries.erase(entries.begin(), last.base());
  }
  return dropped;
}

}  // namespace

std::vector<Snapshot> DropOldSnapshots(Metadata& metadata) {
  std::set<int64_t> protected_ids;
  for (const auto& [name, ref] : metadata.refs) protected_ids.insert(ref.snapshot_id);
  const auto& snapshots = metadata.snapshots;
  size_t excess = snapshots.size() - std::min(snapshots.size(), kSnapshotsMax);
  std::set<size_t> indices;
  for (size_t i = 0; i + 1 < snapshots.size() && indices.size() < kSnapshotsDroppedMax; ++i) {
    if (protected_ids.contains(snapshots[i].snapshot_id)) continue;
    if (excess == 0 && !IsDispensable(metadata, i)) continue;
    if (excess > 0) --excess;
    indices.insert(i);
  }
  return Drop(indices, metadata);
}

std::vector<Snapshot> DropVersions(Metadata& metadata, const DroppedVersions& versions) {
  std::set<int64_t> named;
  for (const auto& [name, ref] : metadata.refs) named.insert(ref.snapshot_id);
  std::set<size_t> indices;
  for (size_t i = 0; i < metadata.snapshots.size(); ++i) {
    const Snapshot& snapshot = metadata.snapshots[i];
    const bool is_meant = snapshot.sequence_number >= versions.first &&
                          snapshot.sequence_number < versions.end &&
                          snapshot.snapshot_id != metadata.current_snapshot_id;
    if (is_meant && (versions.even_named || !named.contains(snapshot.snapshot_id))) {
      indices.insert(i);
    }
  }
  std::vector<Snapshot> dropped = Drop(indices, metadata);
  for (const Snapshot& snapshot : dropped) {
    std::erase_if(metadata.refs,
                  [&](const auto& ref) { return ref.second.snapshot_id == snapshot.snapshot_id; });
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
  for (const Snapshot& snapshot : dropped) {
    AddStorePath(next.location, snapshot.manifest_list, obsolete);
  }
  // Branches have a history of their own.
  if (HasBranches(next.metadata)) return obsolete;
  ManifestPaths paths(store, next);
  std::set<std::string> gone;
  for (const Snapshot& snapshot : dropped) {
    AddGoneManifests(snapshot, next.metadata.snapshots, paths, gone);
  }
  for (const std::string& uri : gone) AddStorePath(next.location, uri, obsolete);
  return obsolete;
}

}  // namespace weir::table::iceberg
