// SPDX-License-Identifier: Apache-2.0
#pragma once
// Operations carried out, or, in a dry run, told of without anything being done.

#include <chrono>
#include <functional>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "catalog/catalog.h"
#include "maintain/compaction/compactor.h"
#include "maintain/compaction/retired_files.h"
#include "maintain/delta_log_keeper.h"
#include "maintain/operations.h"
#include "maintain/removal/orphans.h"
#include "maintain/removal/retention.h"
#include "store/store.h"

namespace weir::maintain {

/// On the thread of maintenance, so that nothing else changes a table's files meanwhile but ingest,
/// which only adds.
class OperationRunner {
 public:
  struct Options {
    store::Store& store;
    catalog::Catalog& catalog;
    const Clock& clock;
    Rearrange rearrange;
    RetentionLimits retention;
    std::chrono::milliseconds history;
    OrphanLimits orphans;
    std::function<bool()> is_cancelled = [] { return false; };
  };
  using OnStep = std::function<void(OperationStep)>;

  /// Both are borrowed.
  OperationRunner(Options options, Compactor& compactor, DeltaLogKeeper& delta_logs)
      : options_(std::move(options)), compactor_(compactor), delta_logs_(delta_logs) {}

  /// Errors: kNotFound for a table that is not there; kConflict when something was in the way and
  /// nothing happened; of store and catalog. What was done before stays done.
  Status Run(const OperationRequest& request, const OnStep& on_step);

  /// What the configuration says of one table's partitions, as the operation does.
  Status ExpirePartitions(const catalog::TableEntry& entry);
  /// Deletes what is due of one table's retired files.
  Status DeleteRetired(const catalog::TableEntry& entry);
  /// Where some are due but for Delta's log, which is not shortened since no entries come: writes
  /// the checkpoint behind which it can be, once that is as old as history.
  Status FreeRetired(const catalog::TableEntry& entry);

 private:
  Result<std::vector<catalog::TableEntry>> TablesOf(const OperationRequest& request) const;
  Status RunOn(const catalog::TableEntry& entry, const OperationRequest& request,
               const OnStep& on_step);
  Status Compact(catalog::TableEntry entry, bool is_dry_run, const OnStep& on_step);
  Status Expire(const catalog::TableEntry& entry, const OperationRequest& request,
                const OnStep& on_step);
  Status DropDays(const catalog::TableEntry& entry, const DayRange& days, bool is_dry_run,
                  const OnStep& on_step);
  Status DropVersions(const catalog::TableEntry& entry, int64_t older_than_s, bool is_dry_run,
                      const OnStep& on_step);
  Status CollectGarbage(const catalog::TableEntry& entry, const OperationRequest& request,
                        const OnStep& on_step);
  Status SayWhatForgettingTakes(const catalog::TableEntry& entry, const ForgottenValue& value,
                                const OnStep& on_step) const;
  Result<RetiredFilesOptions> RetiredOptions(const catalog::TableEntry& entry);

  const Options options_;
  Compactor& compactor_;
  DeltaLogKeeper& delta_logs_;
};

}  // namespace weir::maintain
