// SPDX-License-Identifier: Apache-2.0
#include "table/iceberg/plan_commit.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "base/compression.h"
#include "table/iceberg/alter.h"
#include "table/iceberg/manifest_change.h"
#include "table/iceberg/manifest_merge.h"
#include "table/iceberg/metadata_json.h"
#include "table/iceberg/snapshot_expiry.h"

namespace weir::table::iceberg {
namespace {

constexpr int kGzipLevel = 1;
// Entries of manifests below the first merge stay in memory: their merge then reads nothing.
constexpr size_t kCachedEntriesMax = kManifestFanout - 1;

Status CheckIdentity(const TableState& state, const CommitIdentity& identity) {
  const Metadata& metadata = state.metadata;
  const auto refuse = [&state](std::string_view why) {
    return Error(ErrorKind::kBadRequest, fmt::format("commit to {}: {}", state.location.root, why));
  };
  if (identity.snapshot_id <= 0 || metadata.SnapshotOf(identity.snapshot_id) != nullptr) {
    return refuse(fmt::format("snapshot id {} is not positive and new", identity.snapshot_id));
  }
  const int64_t last_ms = metadata.snapshots.empty() ? metadata.last_updated_ms - 1
                                                     : metadata.snapshots.back().timestamp_ms;
  if (identity.timestamp_ms <= last_ms) {
    return refuse(fmt::format("timestamp is {} ms, expected later than {} ms",
                              identity.timestamp_ms, last_ms));
  }
  if (identity.unique.empty()) return refuse("no unique name");
  return Status::OK();
}

/// Writes out the planned manifests of `plan.next`, which gives them path and length.
Status WriteManifests(const CommitIdentity& identity, PlannedCommit& plan) {
  int number = 0;
  for (ManifestFile& manifest : plan.next.manifests) {
    if (!manifest.path.empty()) continue;
    const ManifestSetting setting = TRY(SettingOf(plan.next, manifest.partition_spec_id));
    const std::string name = fmt::format("metadata/{}-m{}.avro", identity.unique, number++);
    std::string bytes = ManifestAvro(*manifest.entries, setting, name);
    manifest.path = plan.next.location.Uri(name);
    manifest.length = static_cast<int64_t>(bytes.size());
    const bool is_whole =
        std::ranges::all_of(*manifest.entries, &std::string::empty, &ManifestEntry::encoded_file);
    if (!is_whole || manifest.entries->size() > kCachedEntriesMax) manifest.entries = nullptr;
    plan.objects.push_back(
        {.path = plan.next.location.root + "/" + name, .bytes = std::move(bytes)});
  }
  return Status::OK();
}

void WriteManifestList(const Snapshot& snapshot, const std::string& name, PlannedCommit& plan) {
  const ListHeader header{.snapshot_id = snapshot.snapshot_id,
                          .parent_snapshot_id = snapshot.parent_snapshot_id,
                          .sequence_number = snapshot.sequence_number};
  plan.objects.push_back({.path = plan.next.location.root + "/" + name,
                          .bytes = ManifestListAvro(plan.next.manifests, header, name)});
}

/// Makes `snapshot` the table's current one.
void AddSnapshot(Snapshot snapshot, Metadata& metadata) {
  metadata.last_sequence_number = snapshot.sequence_number;
  metadata.last_updated_ms = snapshot.timestamp_ms;
  metadata.current_snapshot_id = snapshot.snapshot_id;
  metadata.snapshot_log.push_back(
      {.snapshot_id = snapshot.snapshot_id, .timestamp_ms = snapshot.timestamp_ms});
  Reference& main = metadata.refs["main"];
  main.snapshot_id = snapshot.snapshot_id;
  main.type = "branch";
  metadata.snapshots.push_back(std::move(snapshot));
}

/// Adds the metadata file of `plan.next`, whose path and version still are those of the state
/// before.
void WriteMetadata(std::string_view unique, PlannedCommit& plan) {
  TableState& next = plan.next;
  ++next.metadata_version;
  next.metadata_path = fmt::format("{}/metadata/{:05d}-{}.gz.metadata.json", next.location.root,
                                   next.metadata_version, unique);
  plan.metadata_path = next.metadata_path;
  plan.objects.push_back(
      {.path = next.metadata_path, .bytes = GzipCompress(MetadataJson(next.metadata), kGzipLevel)});
}

/// What the change drops ahead of time. Its metadata is retired, not deleted at once: whoever read
/// the metadata file before may still be reading these.
void DropWanted(const store::Store& store, const DroppedVersions& versions, PlannedCommit& plan) {
  TableState& next = plan.next;
  const std::vector<Snapshot> dropped = DropVersions(next.metadata, versions);
  for (const std::string& path : ObsoleteFiles(store, next, dropped)) {
    plan.retired.push_back({path.substr(next.location.root.size() + 1), 0, 0});
  }
}

/// Notes the state's metadata file as history and forgets what is too old.
void RollHistory(const store::Store& store, const TableState& state,
                 const std::optional<DroppedVersions>& wanted, PlannedCommit& plan) {
  TableState& next = plan.next;
  if (!state.metadata_path.empty()) {
    const std::string relative = state.metadata_path.substr(state.location.root.size() + 1);
    next.metadata.metadata_log.push_back({.metadata_file = state.location.Uri(relative),
                                          .timestamp_ms = state.metadata.last_updated_ms});
  }
  if (wanted) DropWanted(store, *wanted, plan);
  const std::vector<Snapshot> dropped = DropOldSnapshots(next.metadata);
  plan.obsolete = ObsoleteFiles(store, next, dropped);
  for (const std::string& uri : DropOldMetadataLog(next.metadata)) {
    std::string path = next.location.StorePath(uri);
    if (!path.empty()) plan.obsolete.push_back(std::move(path));
  }
}

/// Our own metadata files say what an engine's said; whoever asked may read them for a while.
void RetireMetadata(const EngineSnapshot& asked, PlannedCommit& plan) {
  for (const std::string& path : asked.metadata_files) plan.retired.push_back({path, 0, 0});
}

Result<TableState> AlteredState(TableState state, const Alteration& alteration) {
  TRY(Alter(alteration, state.metadata));
  const LeafTypes leaf_types = TRY(LeafTypesOf(*state.metadata.CurrentSchema()));
  state.leaf_types = std::make_shared<const LeafTypes>(leaf_types);
  return state;
}

}  // namespace

PlannedCommit PlanCreate(const TableState& state, std::string_view unique) {
  PlannedCommit plan{.next = state};
  WriteMetadata(unique, plan);
  return plan;
}

Result<PlannedCommit> PlanCommit(const store::Store& store, const TableState& state,
                                 const TableChange& change, const CommitIdentity& identity) {
  if (change.altered) {
    TableChange files = change;
    files.altered.reset();
    const TableState altered = TRY(AlteredState(state, *change.altered));
    return PlanCommit(store, altered, files, identity);
  }
  TRY(CheckIdentity(state, identity));
  const CommitNumbers commit{.snapshot_id = identity.snapshot_id,
                             .sequence_number = state.metadata.last_sequence_number + 1};
  ChangedManifests changed = TRY(ApplyChange(store, state, change, commit));
  PlannedCommit plan{.next = state};
  plan.retired = std::move(changed.retired);
  if (change.asked_by) RetireMetadata(*change.asked_by, plan);
  plan.next.manifests = TRY(MergeManifests(store, state, std::move(changed.manifests), commit));
  TRY(WriteManifests(identity, plan));

  const std::string list_name =
      fmt::format("metadata/snap-{}-1-{}.avro", identity.snapshot_id, identity.unique);
  Snapshot snapshot{.snapshot_id = identity.snapshot_id,
                    .parent_snapshot_id = state.metadata.current_snapshot_id,
                    .sequence_number = commit.sequence_number,
                    .timestamp_ms = identity.timestamp_ms,
                    .manifest_list = state.location.Uri(list_name),
                    .schema_id = state.metadata.current_schema_id,
                    .summary = std::move(changed.summary)};
  WriteManifestList(snapshot, list_name, plan);
  AddSnapshot(std::move(snapshot), plan.next.metadata);
  RollHistory(store, state, change.dropped, plan);
  WriteMetadata(identity.unique, plan);
  return plan;
}

}  // namespace weir::table::iceberg
