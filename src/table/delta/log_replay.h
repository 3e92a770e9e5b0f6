// SPDX-License-Identifier: Apache-2.0
#pragma once
// The table that a Delta log tells of, entry by entry.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "table/delta/entry_reader.h"

namespace weir::table::delta {

/// A table at one version. Replay begins with an empty one, or with a checkpoint later in the log.
struct Snapshot {
  int64_t version = -1;
  std::optional<Protocol> protocol;
  std::optional<TableMetadata> metadata;
  std::map<std::string, Transaction> transactions;
  std::map<std::string, AddAction> files;  // Live ones, by path.
  // Those that were removed and not added again, by path.
  std::map<std::string, RemoveAction> tombstones;
  std::vector<std::string> added_twice;  // Paths that were added while they were live.
};

/// Goes on to the next version. The last add of a path counts, as the protocol has it.
void Apply(Entry entry, Snapshot& snapshot);

/// Errors: kBadRequest, saying why, where a reader of version 1 must not read the table.
Status CheckReadable(const Snapshot& snapshot);

}  // namespace weir::table::delta
