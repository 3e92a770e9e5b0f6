// SPDX-License-Identifier: Apache-2.0
#pragma once
// The thread that looks after the tables while a server runs.

#include <chrono>
#include <functional>

#include "base/clock.h"
#include "catalog/catalog.h"
#include "maintain/compaction/compactor.h"
#include "maintain/delta_log_keeper.h"
#include "maintain/round_thread.h"
#include "store/store.h"

namespace weir::maintain {

/// Start and Stop from one thread. What it can't do now it tries again at the next round.
class Maintainer {
 public:
  struct Options {
    store::Store& store;
    catalog::Catalog& catalog;
    const Clock& clock;
    Rearrange rearrange;
    bool compacts = true;
    /// False while requests are refused for want of memory or time: then no run begins.
    std::function<bool()> has_room = [] { return true; };
    CompactionLimits compaction;
    DeltaLogLimits delta_log;
    std::chrono::milliseconds interval{1'000};
    int rounds_per_plan = 5;  // Plans and deletions cost reading the table's metadata.
  };

  explicit Maintainer(const Options& options)
      : options_(options),
        compactor_({.store = options.store,
                    .clock = options.clock,
                    .rearrange = options.rearrange,
                    .limits = options.compaction,
                    .is_cancelled = [this] { return thread_.IsStopping(); }}),
        delta_logs_({.store = options.store, .clock = options.clock, .limits = options.delta_log}) {
  }
  ~Maintainer() { Stop(); }
  Maintainer(const Maintainer&) = delete;

  void Start();
  void Stop() { thread_.Stop(); }

  /// One look at every table.
  void Round();

 private:
  Status Look(const catalog::TableEntry& entry);
  Status Compact(const catalog::TableEntry& entry);

  const Options options_;
  Compactor compactor_;
  DeltaLogKeeper delta_logs_;
  int64_t rounds_ = 0;
  RoundThread thread_;  // Last: it uses all the others.
};

}  // namespace weir::maintain
