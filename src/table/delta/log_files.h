// SPDX-License-Identifier: Apache-2.0
#pragma once
// The files of a Delta log: entries, checkpoints and the hint at the newest of these.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/store.h"
#include "table/delta/log_replay.h"

namespace weir::table::delta {

/// Versions, ascending.
struct LogFiles {
  std::vector<int64_t> entries;
  std::vector<int64_t> checkpoints;
};

// `root`: the table's folder in the store. Errors of all: the store's.

Result<LogFiles> ListLog(const store::Store& store, std::string_view root);

std::string CheckpointPath(std::string_view root, int64_t version);

/// Writes the checkpoint of `snapshot`, then the hint at it.
Status PutCheckpoint(store::Store& store, std::string_view root, const Snapshot& snapshot);

/// Errors: kNotFound where there is none; kBadRequest where it is not one.
Result<Snapshot> ReadCheckpoint(const store::Store& store, std::string_view root, int64_t version);

/// The newest checkpoint up to `version_max`, or an empty snapshot to begin the log with.
/// Errors: those of ReadCheckpoint.
Result<Snapshot> NewestCheckpoint(const store::Store& store, std::string_view root,
                                  int64_t version_max);

}  // namespace weir::table::delta
