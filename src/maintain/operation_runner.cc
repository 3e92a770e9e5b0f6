// SPDX-License-Identifier: Apache-2.0
#include "maintain/operation_runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "base/dates.h"
#include "base/fault_point.h"
#include "base/log.h"
#include "maintain/all_tables.h"
#include "maintain/metrics.h"
#include "maintain/removal/forgetter.h"
#include "maintain/table_at.h"

namespace weir::maintain {
namespace {

namespace iceberg = table::iceberg;

/// Of each day, what goes.
std::map<int32_t, OperationStep> StepsByDay(const catalog::TableName& table,
                                            const std::vector<datafile::DataFile>& files) {
  std::map<int32_t, OperationStep> days;
  for (const datafile::DataFile& file : files) {
    OperationStep& step = days[file.date];
    step.table = table.ToString();
    step.action = "drop_partition";
    step.subject = "date=" + DateText(file.date);
    ++step.files;
    step.rows += file.record_count;
    step.bytes += file.file_bytes;
  }
  return days;
}

}  // namespace

Status OperationRunner::Run(const OperationRequest& request, const OnStep& on_step) {
  const auto entries = TRY(TablesOf(request));
  for (const catalog::TableEntry& entry : entries) {
    if (options_.is_cancelled()) return Error(ErrorKind::kConflict, "the server is stopping");
    TRY(RunOn(entry, request, on_step));
  }
  return Status::OK();
}

Result<std::vector<catalog::TableEntry>> OperationRunner::TablesOf(
    const OperationRequest& request) const {
  if (!request.table) return AllTables(options_.catalog);
  std::vector<catalog::TableEntry> one(1);
  one[0] = TRY(options_.catalog.Load(*request.table));
  return one;
}

Status OperationRunner::RunOn(const catalog::TableEntry& entry, const OperationRequest& request,
                              const OnStep& on_step) {
  switch (request.verb) {
    case Verb::kCompact: return Compact(entry, request.is_dry_run, on_step);
    case Verb::kExpire: return Expire(entry, request, on_step);
    case Verb::kGc: return CollectGarbage(entry, request, on_step);
    case Verb::kForget:
      if (request.forgotten) return SayWhatForgettingTakes(entry, *request.forgotten, on_step);
  }
  return Error(ErrorKind::kBadRequest, "no such operation");
}

Status OperationRunner::Compact(catalog::TableEntry entry, bool is_dry_run, const OnStep& on_step) {
  while (!options_.is_cancelled()) {
    const std::vector<CompactionRun> runs = TRY(compactor_.Plan(entry));
    for (const CompactionRun& run : runs) {
      OperationStep step{.table = entry.name.ToString(),
                         .action = "compact",
                         .subject = "date=" + DateText(run.partition.date),
                         .files = std::ssize(run.files)};
      for (const LiveFile& file : run.files) {
        step.rows += file.rows;
        step.bytes += file.bytes;
      }
      on_step(std::move(step));
      if (!is_dry_run) break;
    }
    if (is_dry_run || runs.empty()) return Status::OK();
    const bool is_done = TRY(compactor_.CompactOnce(entry));
    if (!is_done) return Status::OK();
    entry = TRY(options_.catalog.Load(entry.name));
    TRY(delta_logs_.Keep(entry));
  }
  return Error(ErrorKind::kConflict, "the server is stopping");
}

Status OperationRunner::Expire(const catalog::TableEntry& entry, const OperationRequest& request,
                               const OnStep& on_step) {
  const bool is_as_configured =
      !request.older_than_days && !request.date && !request.versions_older_than_s;
  const int64_t days = is_as_configured ? RetentionDaysOf(options_.retention, entry.name)
                                        : request.older_than_days.value_or(0);
  if ((is_as_configured && days > 0) || request.older_than_days) {
    const DayRange range = DaysBefore(days, options_.clock.UnixMillis());
    TRY(DropDays(entry, range, request.is_dry_run, on_step));
  }
  if (request.date) {
    TRY(DropDays(entry, {*request.date, int64_t{*request.date} + 1}, request.is_dry_run, on_step));
  }
  if (!request.versions_older_than_s) return Status::OK();
  const catalog::TableEntry now = TRY(options_.catalog.Load(entry.name));
  return DropVersions(now, *request.versions_older_than_s, request.is_dry_run, on_step);
}

Status OperationRunner::ExpirePartitions(const catalog::TableEntry& entry) {
  return Expire(entry, {.verb = Verb::kExpire}, [](const OperationStep&) {});
}

Status OperationRunner::DropDays(const catalog::TableEntry& entry, const DayRange& days,
                                 bool is_dry_run, const OnStep& on_step) {
  const iceberg::TableState state = TRY(TableAt(options_.store, entry));
  table::TableChange change;
  change.removed = TRY(FilesOfDays(options_.store, state, days));
  if (change.removed.empty()) return Status::OK();
  const auto steps = StepsByDay(entry.name, change.removed);
  if (!is_dry_run) {
    fault::Point("expire.commit.before");
    TRY(options_.rearrange(entry.name, std::move(change)));
    fault::Point("expire.commit.after");
  }
  for (const auto& [day, step] : steps) {
    on_step(step);
    if (is_dry_run) continue;
    kExpiredFiles.With({step.table}).Add(step.files);
    kExpiredRows.With({step.table}).Add(step.rows);
    log::Info("partition expired", {{"table", step.table},
                                    {"partition", step.subject},
                                    {"files", step.files},
                                    {"rows", step.rows},
                                    {"bytes", step.bytes}});
  }
  return Status::OK();
}

Status OperationRunner::DropVersions(const catalog::TableEntry& entry, int64_t older_than_s,
                                     bool is_dry_run, const OnStep& on_step) {
  const iceberg::TableState state = TRY(TableAt(options_.store, entry));
  const int64_t before_ms = options_.clock.UnixMillis() -
                            std::chrono::milliseconds(std::chrono::seconds(older_than_s)).count();
  int64_t end = 0, count = 0;
  for (const iceberg::Snapshot& snapshot : state.metadata.snapshots) {
    const bool is_named = std::ranges::any_of(state.metadata.refs, [&](const auto& ref) {
      return ref.second.snapshot_id == snapshot.snapshot_id;
    });
    const bool stays = is_named || snapshot.snapshot_id == state.snapshot_id();
    if (snapshot.timestamp_ms >= before_ms || stays) continue;
    end = std::max(end, snapshot.sequence_number + 1);
    ++count;
  }
  if (count == 0) return Status::OK();
  if (!is_dry_run) {
    fault::Point("versions.commit.before");
    TRY(options_.rearrange(entry.name, {.dropped = table::DroppedVersions{0, end, false}}));
    fault::Point("versions.commit.after");
    kVersionsDropped.With({entry.name.ToString()}).Add(count);
    log::Info("versions dropped",
              {{"table", entry.name.ToString()}, {"versions", count}, {"before", end}});
  }
  on_step({.table = entry.name.ToString(),
           .action = "drop_versions",
           .subject = fmt::format("{} snapshots before version {}", count, end)});
  return Status::OK();
}

Result<RetiredFilesOptions> OperationRunner::RetiredOptions(const catalog::TableEntry& entry) {
  const auto extent = TRY(delta_logs_.ExtentOf(entry));
  return RetiredFilesOptions{.store = options_.store,
                             .catalog = options_.catalog,
                             .clock = options_.clock,
                             .history = options_.history,
                             .oldest_delta_version = extent.oldest};
}

Status OperationRunner::DeleteRetired(const catalog::TableEntry& entry) {
  const RetiredFilesOptions options = TRY(RetiredOptions(entry));
  return DeleteRetiredFiles(options, entry).status();
}

Status OperationRunner::FreeRetired(const catalog::TableEntry& entry) {
  RetiredFilesOptions options = TRY(RetiredOptions(entry));
  options.oldest_delta_version = std::numeric_limits<int64_t>::max();
  const auto due = TRY(DueRetiredFiles(options, entry));
  const auto extent = TRY(delta_logs_.ExtentOf(entry));
  const bool is_held = std::ranges::any_of(due, [&](const catalog::RetiredFile& file) {
    return file.removed_version > extent.checkpoint;
  });
  return is_held ? delta_logs_.CheckpointNow(entry).status() : Status::OK();
}

Status OperationRunner::CollectGarbage(const catalog::TableEntry& entry,
                                       const OperationRequest& request, const OnStep& on_step) {
  const std::string root = TRY(PathBelow(options_.store, entry.location));
  const RetiredFilesOptions retired = TRY(RetiredOptions(entry));
  while (!options_.is_cancelled()) {
    const auto due = TRY(DueRetiredFiles(retired, entry));
    for (const catalog::RetiredFile& file : due) {
      const auto bytes = TRY(options_.store.Head(root + "/" + file.path));
      on_step({.table = entry.name.ToString(),
               .action = "delete_retired",
               .subject = file.path,
               .files = 1,
               .bytes = bytes.value_or(0)});
    }
    if (due.empty() || request.is_dry_run) break;
    TRY(DeleteDueFiles(retired, entry, due));
  }
  OrphanLimits limits = options_.orphans;
  if (request.grace_s) limits.grace = std::chrono::seconds(*request.grace_s);
  const auto orphans =
      TRY(FindOrphans({options_.store, options_.catalog, options_.clock}, entry, limits));
  for (const Orphan& orphan : orphans) {
    on_step({.table = entry.name.ToString(),
             .action = orphan.is_ours ? "delete_orphan" : "leave_foreign",
             .subject = orphan.path,
             .files = 1,
             .bytes = orphan.bytes});
  }
  return request.is_dry_run ? Status::OK() : DeleteOrphans(options_.store, entry, orphans);
}

Status OperationRunner::SayWhatForgettingTakes(const catalog::TableEntry& entry,
                                               const ForgottenValue& value,
                                               const OnStep& on_step) const {
  const iceberg::TableState state = TRY(TableAt(options_.store, entry));
  const RowSearch search = TRY(RowSearch::Open(options_.store, state, {value}));
  const auto retired =
      TRY(options_.catalog.ListRetired(entry.name, std::numeric_limits<int64_t>::max()));
  const ForgetPlan plan = TRY(PlanForget(search, state, retired));
  const std::string table = entry.name.ToString();
  for (const auto* files : {&plan.live, &plan.retired}) {
    for (const FileWithRows& one : *files) {
      const bool is_whole = one.rows == one.file.record_count;
      on_step({.table = table,
               .action = files == &plan.retired ? "delete_retired"
                         : is_whole             ? "remove_file"
                                                : "rewrite_file",
               .subject = one.file.path,
               .files = 1,
               .rows = one.rows,
               .bytes = one.file.file_bytes});
    }
  }
  for (const std::string& ref : plan.refs) {
    on_step({.table = table, .action = "drop_ref", .subject = ref});
  }
  if (plan.versions.empty()) return Status::OK();
  on_step({.table = table,
           .action = "drop_versions",
           .subject = fmt::format("{} snapshots from version {} on", plan.versions.size(),
                                  plan.first_version)});
  return Status::OK();
}

}  // namespace weir::maintain
