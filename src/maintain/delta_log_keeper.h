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

/// One thread.
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
  Status WriteCheckpoint(Log& log, int64_t version) const;
  Status RemoveHistory(Log& log) const;

  const Options options_;
  std::map<catalog::TableName, Log> logs_;
};

}  // namespace weir::maintain
