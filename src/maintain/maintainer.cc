// SPDX-License-Identifier: Apache-2.0
#include "maintain/maintainer.h"

#include <vector>

#include "base/log.h"
#include "maintain/all_tables.h"

namespace weir::maintain {

Maintainer::Maintainer(const Options& options)
    : options_(options),
      compactor_({.store = options.store,
                  .clock = options.clock,
                  .rearrange = options.rearrange,
                  .limits = options.compaction,
                  .is_cancelled = [this] { return thread_.IsStopping(); }}),
      delta_logs_({.store = options.store, .clock = options.clock, .limits = options.delta_log}),
      runner_({.store = options.store,
               .catalog = options.catalog,
               .clock = options.clock,
               .rearrange = options.rearrange,
               .retention = options.retention,
               .history = options.delta_log.history,
               .orphans = options.orphans,
               .is_cancelled = [this] { return thread_.IsStopping(); }},
              compactor_, delta_logs_) {
  if (options.forget_requests == nullptr) return;
  forgetter_.emplace(Forgetter::Options{.store = options.store,
                                        .catalog = options.catalog,
                                        .requests = *options.forget_requests,
                                        .clock = options.clock,
                                        .rearrange = options.rearrange,
                                        .journals_are_clear = options.journals_are_clear,
                                        .forget_elsewhere = options.forget_elsewhere,
                                        .grace = options.forget_grace,
                                        .process_start_ms = options.orphans.process_start_ms,
                                        .is_cancelled = [this] { return thread_.IsStopping(); }},
                     delta_logs_);
}

void Maintainer::Start() {
  thread_.Start("maintain", RoundThread::Priority::kLowest, [this] {
    Round();
    return options_.interval;
  });
}

void Maintainer::RunOperations() {
  Operations* const operations = options_.operations;
  while (operations != nullptr && !thread_.IsStopping()) {
    const std::optional<Operation> next = operations->Take();
    if (!next) return;
    const std::string_view verb = NameOf(next->request.verb);
    log::Info("operation begins",
              {{"operation", next->id}, {"verb", verb}, {"dry_run", next->request.is_dry_run}});
    const Status outcome = runner_.Run(
        next->request, [&](OperationStep step) { operations->AddStep(next->id, std::move(step)); });
    operations->End(next->id, outcome);
    if (outcome.ok()) continue;
    log::Warn("operation failed",
              {{"operation", next->id}, {"verb", verb}, {"error", outcome.message()}});
  }
}

void Maintainer::Forget() {
  if (!forgetter_) return;
  const Status done = forgetter_->Work();
  if (done.ok()) return;
  log::Warn("forgetting goes on in the next round", {{"error", done.message()}});
}

void Maintainer::Round() {
  RunOperations();
  Forget();
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
  TRY(runner_.DeleteRetired(entry));
  if (rounds_ % options_.rounds_per_expiry == 0) {
    TRY(runner_.FreeRetired(entry));
    TRY(runner_.ExpirePartitions(entry));
  }
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
