// SPDX-License-Identifier: Apache-2.0
#pragma once
// Updates of a table's history: snapshots, branches and tags, statistics files.

#include "table/changes/draft.h"

namespace weir::table::changes {

Status AddSnapshot(Draft& draft, const Json& update);
Status RemoveSnapshots(Draft& draft, const Json& update);
Status SetSnapshotRef(Draft& draft, const Json& update);
Status RemoveSnapshotRef(Draft& draft, const Json& update);
Status SetStatistics(Draft& draft, const Json& update);
Status RemoveStatistics(Draft& draft, const Json& update);
Status SetPartitionStatistics(Draft& draft, const Json& update);
Status RemovePartitionStatistics(Draft& draft, const Json& update);

/// The branch that readers see when they name none.
constexpr const char* kMainBranch = "main";

/// Brings the snapshot log in line with what the updates did. Errors: kBadRequest.
Status FinishSnapshotLog(Draft& draft);

}  // namespace weir::table::changes
