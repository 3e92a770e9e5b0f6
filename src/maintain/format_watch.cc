// SPDX-License-Identifier: Apache-2.0
#include "maintain/format_watch.h"

#include <vector>

#include "base/log.h"
#include "maintain/all_tables.h"
#include "maintain/delta_side.h"
#include "maintain/iceberg_side.h"
#include "maintain/metrics.h"
#include "table/delta/log_entry.h"
#include "table/delta/log_files.h"
#include "table/delta/statistics_reader.h"
#include "table/iceberg/read_table.h"

namespace weir::maintain {
namespace {

namespace delta = table::delta;
namespace iceberg = table::iceberg;

// After a round that was cut short; a log of a million entries takes minutes to read, not hours.
constexpr std::chrono::milliseconds kShortPause{1'000};

Result<Fingerprint> FingerprintOfAdd(const delta::AddAction& add) {
  const auto statistics = TRY(delta::ReadStatistics(add.statistics, {}));
  return FingerprintOf("data/" + add.path, statistics.record_count.value_or(-1), add.file_bytes);
}

/// What a later look may find otherwise: the disk failed, or the table moved on meanwhile.
bool MayPass(const Status& failure) {
  return KindOf(failure) == ErrorKind::kRetryLater || KindOf(failure) == ErrorKind::kConflict;
}

}  // namespace

void FormatWatch::Start() {
  thread_.Start("format-watch", RoundThread::Priority::kBatch,
                [this] { return Check() ? options_.interval : kShortPause; });
}

bool FormatWatch::Check() {
  const auto entries = AllTables(options_.lake.catalog);
  if (!entries.ok()) {
    log::Warn("formats not compared", {{"error", entries.status().message()}});
    return true;
  }
  objects_left_ = options_.objects_max;
  bool is_whole = true;
  int64_t mismatches = 0;
  for (const catalog::TableEntry& entry : *entries) {
    Table& table = tables_[entry.name];
    const Outcome outcome = CheckTable(entry, table);
    if (outcome == Outcome::kUndecided) {
      is_whole = false;
    } else {
      const bool is_mismatch = outcome == Outcome::kMismatch;
      // What was read may be repaired by the next round, so nothing of it is kept.
      if (is_mismatch) table = Table();
      table.metadata_location = entry.metadata_location;
      table.is_mismatch = is_mismatch;
    }
    mismatches += table.is_mismatch;
  }
  kFormatMismatchTables.With().Set(static_cast<double>(mismatches));
  if (is_whole) {
    kFormatCheckTimestamp.With().Set(static_cast<double>(options_.lake.clock.UnixMillis()) * 1e-3);
  }
  return is_whole;
}

FormatWatch::Outcome FormatWatch::CheckTable(const catalog::TableEntry& entry, Table& table) {
  if (entry.metadata_location == table.metadata_location && !table.is_mismatch) {
    return Outcome::kSame;
  }
  const auto iceberg = ReadIceberg(entry, table);
  const auto log = iceberg.ok() && !*iceberg ? Result<std::optional<Fingerprint>>(std::nullopt)
                                             : ReadDelta(entry, table);
  for (const Status& read : {iceberg.status(), log.status()}) {
    if (read.ok()) continue;
    if (MayPass(read)) return Outcome::kUndecided;
    if (!table.is_mismatch) {
      log::Error("a format of a table cannot be read; ask `weir table verify`",
                 {{"table", entry.name.ToString()}, {"error", read.message()}});
    }
    return Outcome::kMismatch;
  }
  if (!*iceberg || !*log) return Outcome::kUndecided;
  if (**iceberg == **log) return Outcome::kSame;
  if (!table.is_mismatch) {
    log::Error("Iceberg and Delta disagree; ask `weir table verify`",
               {{"table", entry.name.ToString()},
                {"iceberg_files", (*iceberg)->files},
                {"delta_files", (*log)->files},
                {"iceberg_rows", (*iceberg)->rows},
                {"delta_rows", (*log)->rows}});
  }
  return Outcome::kMismatch;
}

Result<std::optional<Fingerprint>> FormatWatch::ReadIceberg(const catalog::TableEntry& entry,
                                                            Table& table) {
  const Lake& lake = options_.lake;
  const std::string path = TRY(PathBelow(lake.store, entry.metadata_location));
  const auto state = iceberg::ReadTable(lake.store, path);
  if (!state.ok()) {
    const catalog::TableEntry now = TRY(lake.catalog.Load(entry.name));
    if (now.metadata_location == entry.metadata_location) return state.status();
    return Error(ErrorKind::kConflict, "the table moved on");
  }
  // Kept from the last snapshot where they are in this one too, so that the map never outgrows it.
  std::map<std::string, Fingerprint> manifests;
  Fingerprint sum;
  bool is_whole = true;
  for (const iceberg::ManifestFile& manifest : state->manifests) {
    const auto known = table.manifests.find(manifest.path);
    Fingerprint one;
    if (known != table.manifests.end()) {
      one = known->second;
    } else if (objects_left_-- > 0) {
      one = TRY(ReadManifest(*state, manifest));
    } else {
      is_whole = false;
      continue;
    }
    manifests[manifest.path] = one;
    sum += one;
  }
  table.manifests = std::move(manifests);
  return is_whole ? std::optional(sum) : std::nullopt;
}

Result<Fingerprint> FormatWatch::ReadManifest(const iceberg::TableState& state,
                                              const iceberg::ManifestFile& manifest) const {
  Fingerprint sum;
  TRY(ForEachEntry(options_.lake.store, state, manifest, [&](const auto& entry) {
    const datafile::DataFile& file = entry.file;
    if (entry.is_live()) sum += FingerprintOf(file.path, file.record_count, file.file_bytes);
    return true;
  }));
  return sum;
}

Result<std::optional<Fingerprint>> FormatWatch::ReadDelta(const catalog::TableEntry& entry,
                                                          Table& table) {
  const std::string root = TRY(PathBelow(options_.lake.store, entry.location));
  if (table.delta_version < 0) TRY(BeginWithCheckpoint(entry, root, table));
  while (table.delta_version < entry.delta_version) {
    if (objects_left_-- <= 0) return std::nullopt;
    TRY(ReadNextEntry(entry, root, table));
  }
  return table.delta;
}

Status FormatWatch::BeginWithCheckpoint(const catalog::TableEntry& entry, const std::string& root,
                                        Table& table) const {
  const delta::Snapshot snapshot =
      TRY(delta::NewestCheckpoint(options_.lake.store, root, entry.delta_version));
  for (const auto& [path, add] : snapshot.files) {
    const Fingerprint one = TRY(FingerprintOfAdd(add));
    table.delta_files[std::hash<std::string>()(path)] = one;
    table.delta += one;
  }
  table.delta_version = snapshot.version;
  return Status::OK();
}

Status FormatWatch::ReadNextEntry(const catalog::TableEntry& entry, const std::string& root,
                                  Table& table) {
  const int64_t version = table.delta_version + 1;
  const std::string path = delta::EntryPath(root, version);
  const auto read = ReadLogEntry(options_.lake, entry.name, path, version);
  if (!read.ok() && KindOf(read.status()) == ErrorKind::kNotFound) {
    const delta::LogFiles files = TRY(delta::ListLog(options_.lake.store, root));
    if (files.checkpoints.empty() || files.checkpoints.back() < version) return read.status();
    table = Table();  // History that was not read yet is gone: begin behind it.
    return Error(ErrorKind::kConflict, "the log moved on");
  }
  TRY(read.status());
  // In a moment it is in the log, and only what is there counts.
  if (read->is_pending) return Error(ErrorKind::kConflict, "the entry is not published yet");
  const delta::Entry actions = TRY(delta::ReadEntry(read->bytes));
  const auto remove = [&](const std::string& file) {
    const auto found = table.delta_files.find(std::hash<std::string>()(file));
    if (found == table.delta_files.end()) return;
    table.delta -= found->second;
    table.delta_files.erase(found);
  };
  for (const delta::RemoveAction& file : actions.removed) remove(file.path);
  for (const delta::AddAction& add : actions.added) {
    const Fingerprint one = TRY(FingerprintOfAdd(add));
    remove(add.path);
    table.delta_files[std::hash<std::string>()(add.path)] = one;
    table.delta += one;
  }
  table.delta_version = version;
  return Status::OK();
}

}  // namespace weir::maintain
