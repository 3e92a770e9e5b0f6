// SPDX-License-Identifier: Apache-2.0
#include "table/scan/plan_scan.h"

#include <fmt/format.h>

#include <algorithm>

#include "table/iceberg/read_table.h"

namespace weir::table::scan {
namespace {

using iceberg::EntryStatus;
using iceberg::ManifestContent;
using iceberg::ManifestEntries;
using iceberg::ManifestEntry;
using iceberg::ManifestFile;
using iceberg::PartitionSpec;
using iceberg::Snapshot;
using iceberg::TableState;

using OnFile = std::function<bool(const ManifestEntry& entry, int32_t spec_id)>;

Result<const Snapshot*> FindSnapshot(const TableState& state, int64_t id) {
  const Snapshot* snapshot = state.metadata.SnapshotOf(id);
  if (snapshot != nullptr) return snapshot;
  return Error(ErrorKind::kBadRequest,
               fmt::format("the table has no snapshot {}, or does not keep it any more", id));
}

/// What its list says of a manifest, as if it were one file of one row.
datafile::DataFile AsFile(const TableState& state, const ManifestFile& manifest) {
  datafile::DataFile file;
  const PartitionSpec* spec = state.metadata.DefaultSpec();
  const bool is_known = spec != nullptr && spec->spec_id == manifest.partition_spec_id &&
                        spec->fields.size() == 1 && spec->fields[0].transform == "identity" &&
                        manifest.date_min && manifest.date_max;
  if (!is_known) return file;
  file.statistics[spec->fields[0].source_id] = {
      .value_count = 1, .lower = *manifest.date_min, .upper = *manifest.date_max};
  return file;
}

/// The snapshots after one up to another, of these only appends: newest first.
Result<std::vector<const Snapshot*>> AppendsBetween(const TableState& state, const Scan& scan) {
  std::vector<const Snapshot*> appends;
  const Snapshot* at = TRY(FindSnapshot(state, scan.snapshot_id));
  while (at->snapshot_id != *scan.after_snapshot) {
    if (at->summary.operation == "append") appends.push_back(at);
    if (!at->parent_snapshot_id) {
      return Error(ErrorKind::kBadRequest, fmt::format("snapshot {} is no ancestor of {}",
                                                       *scan.after_snapshot, scan.snapshot_id));
    }
    at = TRY(FindSnapshot(state, *at->parent_snapshot_id));
  }
  return appends;
}

/// False where `on_file` ended it.
Result<bool> PlanManifest(const store::Store& store, const TableState& state,
                          const ManifestFile& manifest,
                          const std::function<bool(const ManifestEntry&)>& is_wanted,
                          const OnFile& on_file) {
  const ManifestEntries entries = TRY(LoadEntries(store, state, manifest));
  for (const ManifestEntry& entry : *entries) {
    if (!entry.is_live() || !is_wanted(entry)) continue;
    if (!on_file(entry, manifest.partition_spec_id)) return false;
  }
  return true;
}

}  // namespace

Status PlanScan(const store::Store& store, const TableState& state, const Scan& scan,
                const OnFile& on_file) {
  std::vector<const Snapshot*> snapshots;
  if (scan.after_snapshot) {
    snapshots = TRY(AppendsBetween(state, scan));
  } else {
    const Snapshot* snapshot = TRY(FindSnapshot(state, scan.snapshot_id));
    snapshots.push_back(snapshot);
  }
  for (const Snapshot* snapshot : snapshots) {
    const auto manifests = TRY(LoadManifestList(store, state.location, *snapshot));
    for (const ManifestFile& manifest : manifests) {
      if (manifest.content != ManifestContent::kData) {
        return Error(ErrorKind::kBadRequest, "the table has row-level deletes");
      }
      const bool is_new = manifest.added_snapshot_id == snapshot->snapshot_id;
      if (manifest.live_files() == 0 || (scan.after_snapshot && !is_new)) continue;
      if (!MayMatch(scan.filter, AsFile(state, manifest))) continue;
      const auto is_wanted = [&](const ManifestEntry& entry) {
        const bool is_added =
            entry.status == EntryStatus::kAdded && entry.snapshot_id == snapshot->snapshot_id;
        return (is_added || !scan.after_snapshot) && MayMatch(scan.filter, entry.file);
      };
      const bool goes_on = TRY(PlanManifest(store, state, manifest, is_wanted, on_file));
      if (!goes_on) return Status::OK();
    }
  }
  return Status::OK();
}

}  // namespace weir::table::scan
