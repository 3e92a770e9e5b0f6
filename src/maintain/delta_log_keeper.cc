// SPDX-License-Identifier: Apache-2.0
#include "maintain/delta_log_keeper.h"

#include <algorithm>

#include "maintain/lake.h"
#include "maintain/metrics.h"
#include "table/delta/entry_reader.h"
#include "table/delta/log_entry.h"
#include "table/delta/log_files.h"

namespace weir::maintain {

namespace delta = table::delta;

Result<DeltaLogKeeper::Log*> DeltaLogKeeper::Find(const catalog::TableEntry& entry) {
  if (!logs_.contains(entry.name)) {
    Log found = TRY(Look(entry));
    logs_[entry.name] = std::move(found);
  }
  return &logs_[entry.name];
}

Status DeltaLogKeeper::Keep(const catalog::TableEntry& entry) {
  Log* const log = TRY(Find(entry));
  const int64_t checkpoint = log->checkpoints.empty() ? 0 : log->checkpoints.back().version;
  if (entry.delta_version - checkpoint >= options_.limits.entries_per_checkpoint) {
    TRY(WriteCheckpoint(*log, entry.delta_version));
  }
  return RemoveHistory(*log);
}

Result<int64_t> DeltaLogKeeper::CheckpointNow(const catalog::TableEntry& entry) {
  Log* const log = TRY(Find(entry));
  TRY(WriteCheckpoint(*log, entry.delta_version));
  return log->checkpoints.empty() ? -1 : log->checkpoints.back().version;
}

Status DeltaLogKeeper::RemoveBefore(const catalog::TableEntry& entry, int64_t version) {
  Log* const log = TRY(Find(entry));
  const auto is_there = [&](const auto& one) { return one.version == version; };
  if (std::ranges::none_of(log->checkpoints, is_there)) {
    return Error(ErrorKind::kBadRequest,
                 entry.name.ToString() + ": no checkpoint of version " + std::to_string(version));
  }
  return DropBefore(*log, version);
}

Result<DeltaLogKeeper::Extent> DeltaLogKeeper::ExtentOf(const catalog::TableEntry& entry) {
  const Log* const log = TRY(Find(entry));
  if (log->checkpoints.empty()) return Extent();
  return Extent{.oldest = log->first_entry == 0 ? 0 : log->checkpoints.front().version,
                .checkpoint = log->checkpoints.back().version};
}

Result<DeltaLogKeeper::Log> DeltaLogKeeper::Look(const catalog::TableEntry& entry) const {
  const std::string root = TRY(PathBelow(options_.store, entry.location));
  Log log{.root = root};
  const delta::LogFiles files = TRY(delta::ListLog(options_.store, root));
  if (!files.entries.empty()) log.first_entry = files.entries.front();
  for (const int64_t version : files.checkpoints) {
    const auto written = TRY(options_.store.ModifiedMs(delta::CheckpointPath(root, version)));
    log.checkpoints.push_back({version, written.value_or(options_.clock.UnixMillis())});
  }
  return log;
}

/// At `version`, or at the last entry before it that is published.
Status DeltaLogKeeper::WriteCheckpoint(Log& log, int64_t version) const {
  store::Store& store = options_.store;
  delta::Snapshot snapshot = TRY(delta::NewestCheckpoint(store, log.root, version));
  const int64_t begun_at = snapshot.version;
  while (snapshot.version < version) {
    const auto bytes = store.Read(delta::EntryPath(log.root, snapshot.version + 1));
    if (!bytes.ok() && KindOf(bytes.status()) == ErrorKind::kNotFound) break;
    TRY(bytes.status());
    delta::Entry entry = TRY(delta::ReadEntry(*bytes));
    delta::Apply(std::move(entry), snapshot);
  }
  if (snapshot.version == begun_at) return Status::OK();
  const int64_t now_ms = options_.clock.UnixMillis();
  std::erase_if(snapshot.tombstones, [&](const auto& tombstone) {
    return tombstone.second.deletion_ms < now_ms - options_.limits.tombstones_kept.count();
  });
  TRY(delta::PutCheckpoint(store, log.root, snapshot));
  log.checkpoints.push_back({snapshot.version, now_ms});
  kDeltaCheckpoints.With().Add();
  return Status::OK();
}

/// What no version of the kept history needs: all before the newest checkpoint that is as old.
Status DeltaLogKeeper::RemoveHistory(Log& log) const {
  const int64_t since_ms = options_.clock.UnixMillis() - options_.limits.history.count();
  int64_t version = -1;
  for (const Checkpoint& checkpoint : log.checkpoints) {
    if (checkpoint.written_ms < since_ms) version = std::max(version, checkpoint.version);
  }
  return version < 0 ? Status::OK() : DropBefore(log, version);
}

Status DeltaLogKeeper::DropBefore(Log& log, int64_t version) const {
  store::Store& store = options_.store;
  while (log.checkpoints.front().version < version) {
    TRY(store.Delete(delta::CheckpointPath(log.root, log.checkpoints.front().version)));
    log.checkpoints.pop_front();
  }
  for (; log.first_entry < version; ++log.first_entry) {
    TRY(store.Delete(delta::EntryPath(log.root, log.first_entry)));
    kDeltaEntriesRemoved.With().Add();
  }
  return Status::OK();
}

}  // namespace weir::maintain
