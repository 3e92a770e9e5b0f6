// SPDX-License-Identifier: Apache-2.0
#pragma once
// Classic checkpoints: the whole table at one version as one Parquet file, so that readers need not
// begin the log at its first entry.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "table/delta/log_replay.h"

namespace weir::table::delta {

struct Checkpoint {
  std::string bytes;    // Of the Parquet file.
  int64_t actions = 0;  // Its rows.
};

/// A row for each action that makes up `snapshot`. Errors: kBadRequest when it has no protocol or
/// metadata.
Result<Checkpoint> EncodeCheckpoint(const Snapshot& snapshot);

/// The bytes need not be trusted. Errors: kBadRequest when they are no checkpoint as
/// EncodeCheckpoint makes them.
Result<Snapshot> DecodeCheckpoint(std::string_view bytes, int64_t version);

}  // namespace weir::table::delta
