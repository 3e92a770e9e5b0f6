// SPDX-License-Identifier: Apache-2.0
#pragma once
// The thread that looks after the tables while a server runs.

#include <chrono>
#include <functional>
#include <optional>

#include "base/clock.h"
#include "catalog/catalog.h"
#include "catalog/forget_requests.h"
#include "maintain/compaction/compactor.h"
#include "maintain/delta_log_keeper.h"
#include "maintain/operation_runner.h"
#include "maintain/operations.h"
#include "maintain/removal/forgetter.h"
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
    RetentionLimits retention;
    OrphanLimits orphans;
    /// Requests to forget; none: nobody asks.
    catalog::ForgetRequests* forget_requests = nullptr;
    std::function<Result<bool>(bool is_first)> journals_are_clear = [](bool) { return true; };
    std::function<Status()> forget_elsewhere = [] { return Status::OK(); };  // As Forgetter's.
    std::chrono::milliseconds forget_grace = std::chrono::minutes(1);
    /// What people ask for; none: nobody does.
    Operations* operations = nullptr;
    std::chrono::milliseconds interval{1'000};
    int rounds_per_plan = 5;  // Plans and deletions cost reading the table's metadata.
    int rounds_per_expiry = 60;
  };

  explicit Maintainer(const Options& options);
  ~Maintainer() { Stop(); }
  Maintainer(const Maintainer&) = delete;

  void Start();
  void Stop() { thread_.Stop(); }

  /// One look at every table.
  void Round();

 private:
  void RunOperations();
  void Forget();
  Status Look(const catalog::TableEntry& entry);
  Status Compact(const catalog::TableEntry& entry);

  const Options options_;
  Compactor compactor_;
  DeltaLogKeeper delta_logs_;
  OperationRunner runner_;
  std::optional<Forgetter> forgetter_;
  int64_t rounds_ = 0;
  RoundThread thread_;  // Last: it uses all the others.
};

}  // namespace weir::maintain
