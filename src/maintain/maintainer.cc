// SPDX-License-Identifier: Apache-2.0
#include "maintain/maintainer.h"

#include <vector>

#include "base/log.h"
#include "maintain/all_tables.h"
#include "maintain/compaction/retired_files.h"

namespace weir::maintain {

void Maintainer::Start() {
  thread_.Start("maintain", RoundThread::Priority::kLowest, [this] {
    Round();
    return options_.interval;
  });
}

void Maintainer::Round() {
  const auto entries = AllTables(options_.catalog);
  if (!entries.ok()) {
    return log::Warn("tables not looked after", {{"error", entries.status().message()}});
  }
  ++rounds_;
  for (const catalog::TableEntry& entry : *entries) {
    if (thread_.IsStopping()) return;
    const Status looked = Look(entry);
    if (looked.ok()) continue;
    log::Warn("table not looked after; the next round tries again",
              {{"table", entry.name.ToString()}, {"error", looked.message()}});
  }
}

Status Maintainer::Look(const catalog::TableEntry& entry) {
  TRY(delta_logs_.Keep(entry));
  if (rounds_ % options_.rounds_per_plan != 0) return Status::OK();
  TRY(DeleteRetiredFiles({.store = options_.store,
                          .catalog = options_.catalog,
                          .clock = options_.clock,
                          .history = options_.delta_log.history},
                         entry));
  return options_.compacts ? Compact(entry) : Status::OK();
}

/// Run after run while more are due.
Status Maintainer::Compact(const catalog::TableEntry& entry) {
  catalog::TableEntry now = entry;
  while (!thread_.IsStopping() && options_.has_room()) {
    const bool is_done = TRY(compactor_.CompactOnce(now));
    if (!is_done) break;
    now = TRY(options_.catalog.Load(entry.name));
    TRY(delta_logs_.Keep(now));
  }
  return Status::OK();
}

}  // namespace weir::maintain
