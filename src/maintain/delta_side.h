// SPDX-License-Identifier: Apache-2.0
#pragma once
// A table as its Delta log on disk tells it, by replaying the entries as any engine does.

#include <optional>
#include <string>
#include <vector>

#include "maintain/finding.h"
#include "maintain/lake.h"
#include "table/delta/log_replay.h"

namespace weir::maintain {

/// An entry of the log, and whether the catalog still has to put it there.
struct LogEntryBytes {
  std::string bytes;
  bool is_pending = false;
};

/// Entry `version` from the log or, where it is committed but not published yet, from the catalog.
/// Errors: kNotFound where neither has it; the store's and the catalog's.
Result<LogEntryBytes> ReadLogEntry(const Lake& lake, const catalog::TableName& name,
                                   const std::string& path, int64_t version);

/// A table as its log tells it.
struct DeltaSide {
  table::delta::Snapshot snapshot;
  std::vector<std::string> pending;  // Paths of entries that were not in the log yet.
};

/// The table at the version that `entry` tells of, or at the last one that the log has. `root`: the
/// table's folder in the store. Nothing where the log cannot be read; a finding says why.
std::optional<DeltaSide> ReadDeltaSide(const Lake& lake, const catalog::TableEntry& entry,
                                       const std::string& root, Findings& findings);

}  // namespace weir::maintain
