// SPDX-License-Identifier: Apache-2.0
#pragma once
// Delta logs that stay short: a checkpoint every so many entries, and what lies before the kept
// history removed.

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "catalog/catalog.h"
#include "store/store.h"

namespace weir::maintain {

struct DeltaLogLimits {
  int64_t entries_per_checkpoint = 100;
  // Versions as old as this can still be asked for.
  std::chrono::milliseconds history = std::chrono::hours(1);
  // How long readers that began at an older version may still want to hear of a removed file.
  std::chrono::milliseconds tombstones_kept = std::chrono::hours(7 * 24);
};

/// Shared by all that removes history, so that what it knows of a log stays true. One thread.
class DeltaLogKeeper {
 public:
  struct Options {
    store::Store& store;
    const Clock& clock;
    DeltaLogLimits limits;
  };

  explicit DeltaLogKeeper(const Options& options) : options_(options) {}

  /// Brings the table's log in order, as far as it is due. Doing it again is harmless.
  Status Keep(const catalog::TableEntry& entry);
  /// Writes a checkpoint now, of the last published version, and returns that version.
  Result<int64_t> CheckpointNow(const catalog::TableEntry& entry);
  /// Removes what is older than the checkpoint of `version`, whatever its age: no reader can ask
  /// for an older version then.
  Status RemoveBefore(const catalog::TableEntry& entry, int64_t version);
  /// The oldest version that the log tells of, and the newest checkpoint's; 0 where there is none.
  struct Extent {
    int64_t oldest = 0, checkpoint = 0;
  };
  Result<Extent> ExtentOf(const catalog::TableEntry& entry);

 private:
  struct Checkpoint {
    int64_t version = 0;
    int64_t written_ms = 0;
  };
  /// What is known to lie in a log.
  struct Log {
    std::string root;
    std::deque<Checkpoint> checkpoints;  // Ascending.
    int64_t first_entry = 0;
  };

  Result<Log> Look(const catalog::TableEntry& entry) const;
  Result<Log*> Find(const catalog::TableEntry& entry);
  Status WriteCheckpoint(Log& log, int64_t version) const;
  Status RemoveHistory(Log& log) const;
  Status DropBefore(Log& log, int64_t version) const;

  const Options options_;
  std::map<catalog::TableName, Log> logs_;
};

}  // namespace weir::maintain
