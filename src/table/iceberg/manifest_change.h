// SPDX-License-Identifier: Apache-2.0
#pragma once
// A table change as manifests: a new one for added files, rewritten ones where files go.

#include <vector>

#include "store/store.h"
#include "table/iceberg/manifest_merge.h"
#include "table/iceberg/table_state.h"

namespace weir::table::iceberg {

/// The manifests after a change, before merging, and what the snapshot's summary says of it.
struct ChangedManifests {
  std::vector<ManifestFile> manifests;
  Summary summary;
  std::vector<RetiredFile> retired;
};

/// Errors: kBadRequest for an added file without path; kConflict when a removed file is not live;
/// as LoadEntries.
Result<ChangedManifests> ApplyChange(const store::Store& store, const TableState& state,
                                     const TableChange& change, const CommitNumbers& commit);

}  // namespace weir::table::iceberg
