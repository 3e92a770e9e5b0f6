// SPDX-License-Identifier: Apache-2.0
#pragma once
// Keeps manifests few, and each to one date where it can: sixteen of one size and date become one
// of the next size, so n commits leave O(16 log n) of them and each entry is rewritten at most once
// a tier. A date that nothing comes to any more ends as one manifest, so that a query of some days
// reads the manifests of those days.

#include <cstdint>
#include <vector>

#include "store/store.h"
#include "table/iceberg/table_state.h"

namespace weir::table::iceberg {

constexpr int64_t kManifestFanout = 16;
// A manifest of 16^3 to 16^4 files takes 1 to 8 MB, the size that planners like; larger ones are
// left alone.
constexpr int kManifestTierMax = 3;

// A date's manifests become one when so many commits brought it nothing.
constexpr int64_t kQuietCommits = 600;
// So many dates at most get manifests of their own out of one that has several: those with the most
// files. Senders choose dates.
constexpr int64_t kOwnManifestsMax = 128;

/// The commit that manifests are planned for.
struct CommitNumbers {
  int64_t snapshot_id = 0;
  int64_t sequence_number = 0;
};

/// 0 below 16 live files, 1 below 256, and so on.
int ManifestTier(const ManifestFile& manifest);

/// `manifests`: those of the snapshot being planned; planned ones have entries and no path.
/// Returns the same files in at most 15 manifests a date and tier below the last, and as many of
/// several dates; reads manifests that are not cached. Errors: as LoadEntries.
Result<std::vector<ManifestFile>> MergeManifests(const store::Store& store, const TableState& state,
                                                 std::vector<ManifestFile> manifests,
                                                 const CommitNumbers& commit);

}  // namespace weir::table::iceberg
