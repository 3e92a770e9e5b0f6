// SPDX-License-Identifier: Apache-2.0
#pragma once
// Forgetting old snapshots, and which metadata files no one needs then.

#include <string>
#include <vector>

#include "store/store.h"
#include "table/iceberg/table_state.h"

namespace weir::table::iceberg {

// Ten minutes at a commit a second.
constexpr size_t kSnapshotsMax = 600;
constexpr size_t kMetadataLogMax = 20;

/// Removes the oldest snapshots beyond kSnapshotsMax from `metadata`, but none that a ref names.
/// Returns them.
std::vector<Snapshot> DropOldSnapshots(Metadata& metadata);

/// Removes the oldest entries of the metadata log beyond kMetadataLogMax. Returns their URIs.
std::vector<std::string> DropOldMetadataLog(Metadata& metadata);

/// Store paths of the manifest lists of `dropped`, and of their manifests that no snapshot of
/// `next` has. Files that cannot be read now are left for maintenance to find.
std::vector<std::string> ObsoleteFiles(const store::Store& store, const TableState& next,
                                       const std::vector<Snapshot>& dropped);

}  // namespace weir::table::iceberg
