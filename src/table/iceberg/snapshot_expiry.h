// SPDX-License-Identifier: Apache-2.0
#pragma once
// Forgetting old snapshots, and which metadata files no one needs then.

#include <chrono>
#include <string>
#include <vector>

#include "store/store.h"
#include "table/iceberg/table_state.h"

namespace weir::table::iceberg {

/// Of snapshots that are older than `age`, one stays for each `every`.
struct HistoryStep {
  std::chrono::milliseconds age, every;
};
/// Younger ones stay all; the last step's age is the horizon, beyond which none stays.
constexpr HistoryStep kHistory[] = {{std::chrono::minutes(10), std::chrono::minutes(1)},
                                    {std::chrono::hours(1), std::chrono::minutes(10)},
                                    {std::chrono::hours(24), std::chrono::hours(1)},
                                    {std::chrono::hours(7 * 24), std::chrono::milliseconds::max()}};
/// Half a MiB of metadata, before gzip; reached only by more than a commit a second.
constexpr size_t kSnapshotsMax = 1'000;
/// Of one commit, since files must be read for each: what is left waits for the next.
constexpr size_t kSnapshotsDroppedMax = 16;
constexpr size_t kMetadataLogMax = 20;

/// Thins `metadata`'s snapshots out by kHistory, as seen from its last update, and drops the oldest
/// beyond kSnapshotsMax; never one that a ref names, never the current one. Returns them.
std::vector<Snapshot> DropOldSnapshots(Metadata& metadata);

/// Drops the snapshots of those versions, but the current one and, where they are to stay, those
/// that a ref names; where they are not, these refs too. Returns the snapshots.
std::vector<Snapshot> DropVersions(Metadata& metadata, const DroppedVersions& versions);

/// Removes the oldest entries of the metadata log beyond kMetadataLogMax. Returns their URIs.
std::vector<std::string> DropOldMetadataLog(Metadata& metadata);

/// Store paths of the manifest lists of `dropped`, and of their manifests that no snapshot of
/// `next` has. What cannot be read now stays, and so does all that a branch may name.
std::vector<std::string> ObsoleteFiles(const store::Store& store, const TableState& next,
                                       const std::vector<Snapshot>& dropped);

}  // namespace weir::table::iceberg
