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

Status DeltaLogKeeper::Keep(const catalog::TableEntry& entry) {
  if (!logs_.contains(entry.name)) {
    Log found = TRY(Look(entry));
    logs_[entry.name] = std::move(found);
  }
  Log& log = logs_[entry.name];
  const int64_t checkpoint = log.checkpoints.empty() ? 0 : log.checkpoints.back().version;
  if (entry.delta_version - checkpoint < options_.limits.entries_per_checkpoint)
    return Status::OK();
  TRY(WriteCheckpoint(log, entry.delta_version));
  return RemoveHistory(log);
}

Result<DeltaLogKeeper::Log> DeltaLogKeeper::Look(const catalog::TableEntry& entry) const {
  const auto root = StorePath(options_.store, entry.location);
  if (!root) return Error(ErrorKind::kBadRequest, entry.location + " is elsewhere");
  Log log{.root = *root};
  const delta::LogFiles files = TRY(delta::ListLog(options_.store, *root));
  if (!files.entries.empty()) log.first_entry = files.entries.front();
  for (const int64_t version : files.checkpoints) {
    const auto written = TRY(options_.store.ModifiedMs(delta::CheckpointPath(*root, version)));
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
  store::Store& store = options_.store;
  const int64_t since_ms = options_.clock.UnixMillis() - options_.limits.history.count();
  const auto is_history = [&] {
    return log.checkpoints.size() > 1 && log.checkpoints[1].written_ms < since_ms;
  };
  while (is_history()) {
    TRY(store.Delete(delta::CheckpointPath(log.root, log.checkpoints.front().version)));
    log.checkpoints.pop_front();
  }
  if (log.checkpoints.front().written_ms >= since_ms) return Status::OK();
  for (; log.first_entry < log.checkpoints.front().version; ++log.first_entry) {
    TRY(store.Delete(delta::EntryPath(log.root, log.first_entry)));
    kDeltaEntriesRemoved.With().Add();
  }
  return Status::OK();
}

}  // namespace weir::maintain
