// SPDX-License-Identifier: Apache-2.0
#pragma once
// A change to a table turned into the metadata files that make it so. Nothing is written here.

#include <string>
#include <string_view>
#include <vector>

#include "store/store.h"
#include "table/iceberg/table_state.h"

namespace weir::table::iceberg {

/// What to do for a commit. Put `objects` in order, each if absent; move the catalog from the
/// state's metadata path to `metadata_path`; only when that is known to have happened go on from
/// `next` and delete `obsolete`.
struct PlannedCommit {
  TableState next;
  std::vector<NewObject> objects;  // The metadata file is last.
  std::string metadata_path;       // In the store.
  std::vector<std::string>
      obsolete;  // Metadata files in the store that nothing names after the commit.
  // Data files that older snapshots alone have, and the metadata of those that the change drops.
  std::vector<RetiredFile> retired;
};

/// The first metadata file of a table made by NewTable. `unique`: a UUID that goes into its name.
/// A table need not be created before its first commit: PlanCommit on such a state makes one file
/// for both.
PlannedCommit PlanCreate(const TableState& state, std::string_view unique);

/// One snapshot that adds and removes the change's files, of a table that is altered as the change
/// says. Pure but for reading older manifests.
/// Errors: kBadRequest for an identity that is not new and later, or a file without path;
/// kConflict when a removed file is not live; as Alter; as ReadTable when an older manifest cannot
/// be read.
Result<PlannedCommit> PlanCommit(const store::Store& store, const TableState& state,
                                 const TableChange& change, const CommitIdentity& identity);

}  // namespace weir::table::iceberg
