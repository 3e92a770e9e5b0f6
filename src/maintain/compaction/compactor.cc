// SPDX-License-Identifier: Apache-2.0
#include "maintain/compaction/compactor.h"

#include <arrow/buffer.h>
#include <fmt/format.h>

#include <utility>

#include "base/ids.h"
#include "base/log.h"
#include "datafile/rewrite/merge_files.h"
#include "maintain/iceberg_side.h"
#include "maintain/lake.h"
#include "maintain/metrics.h"
#include "maintain/table_at.h"
#include "table/iceberg/read_table.h"

namespace weir::maintain {
namespace {

namespace iceberg = table::iceberg;

datafile::DataFile Facts(const LiveFile& file) {
  return {
      .path = file.path, .date = file.date, .record_count = file.rows, .file_bytes = file.bytes};
}

}  // namespace

Result<bool> Compactor::CompactOnce(const catalog::TableEntry& entry) {
  const auto path = StorePath(options_.store, entry.metadata_location);
  if (!path) return Error(ErrorKind::kBadRequest, entry.metadata_location + " is elsewhere");
  const auto state = iceberg::ReadTable(options_.store, *path);
  // Metadata of a table that moves on is deleted after some commits.
  if (!state.ok() && KindOf(state.status()) == ErrorKind::kNotFound) return false;
  TRY(state.status());
  Table& table = tables_[entry.name];
  const std::vector<LiveFile> files = TRY(LiveFiles(*state, table));
  const QuietTimes quiet = NoteNewest(files, table);
  const std::vector<CompactionRun> runs = PlanCompaction(files, quiet, options_.limits);
  if (runs.empty()) return false;
  const Status done = Run(entry.name, *state, runs.front());
  if (!done.ok() && KindOf(done) != ErrorKind::kConflict) return done;
  return true;
}

Result<std::vector<CompactionRun>> Compactor::Plan(const catalog::TableEntry& entry) {
  const auto state = TableAt(options_.store, entry);
  if (!state.ok() && KindOf(state.status()) == ErrorKind::kNotFound) {
    return std::vector<CompactionRun>();
  }
  TRY(state.status());
  Table& table = tables_[entry.name];
  const std::vector<LiveFile> files = TRY(LiveFiles(*state, table));
  return PlanCompaction(files, NoteNewest(files, table), options_.limits);
}

Result<std::vector<LiveFile>> Compactor::LiveFiles(const iceberg::TableState& state, Table& table) {
  // Kept from the last snapshot where they are in this one too, so that the map never outgrows it.
  std::map<std::string, std::vector<LiveFile>> manifests;
  std::vector<LiveFile> all;
  for (const iceberg::ManifestFile& manifest : state.manifests) {
    if (manifest.content != iceberg::ManifestContent::kData) continue;
    std::vector<LiveFile>& files = manifests[manifest.path];
    if (const auto known = table.manifests.find(manifest.path); known != table.manifests.end()) {
      files = std::move(known->second);
    } else {
      TRY(ForEachEntry(options_.store, state, manifest, [&](const iceberg::ManifestEntry& entry) {
        if (entry.is_live()) {
          files.push_back({.path = entry.file.path,
                           .date = entry.file.date,
                           .bytes = entry.file.file_bytes,
                           .rows = entry.file.record_count,
                           .version = entry.file_sequence_number});
        }
        return true;
      }));
    }
    all.insert(all.end(), files.begin(), files.end());
  }
  table.manifests = std::move(manifests);
  return all;
}

QuietTimes Compactor::NoteNewest(const std::vector<LiveFile>& files, Table& table) const {
  const auto now = options_.clock.Monotonic();
  QuietTimes quiet;
  for (const LiveFile& file : files) {
    const auto [newest, is_new] = table.newest.try_emplace(file.date, file.version, now);
    if (!is_new && file.version > newest->second.version) newest->second = {file.version, now};
    quiet[file.date];
  }
  for (auto& [date, time] : quiet) {
    time = std::chrono::duration_cast<std::chrono::milliseconds>(now - table.newest[date].since);
  }
  return quiet;
}

Status Compactor::Run(const catalog::TableName& name, const iceberg::TableState& state,
                      const CompactionRun& run) {
  const auto started = options_.clock.Monotonic();
  std::vector<std::string> inputs;
  table::TableChange change{.is_rearrangement = true};
  int64_t bytes = 0;
  for (const LiveFile& file : run.files) {
    std::string input = TRY(options_.store.Read(state.location.root + "/" + file.path));
    inputs.push_back(std::move(input));
    change.removed.push_back(Facts(file));
    bytes += file.bytes;
  }
  datafile::MergeOptions merge{
      .sort_columns = {},
      .file = {.zstd_level = options_.zstd_level, .row_group_rows = options_.limits.file_rows}};
  merge.sort_columns = TRY(SortColumnsOf(state));
  merge.is_cancelled = options_.is_cancelled;
  datafile::ParquetFile merged = TRY(datafile::MergeFiles(inputs, merge));
  inputs.clear();
  merged.file.date = run.date;
  const std::string& first = run.files.front().path;
  merged.file.path = first.substr(0, first.rfind('/') + 1) + NewUuid() + ".parquet";
  const std::string path = state.location.root + "/" + merged.file.path;
  TRY(options_.store.Put(path, {reinterpret_cast<const char*>(merged.bytes->data()),
                                static_cast<size_t>(merged.bytes->size())}));
  const int64_t merged_bytes = merged.file.file_bytes;
  change.added.push_back(std::move(merged.file));
  const Status committed = options_.rearrange(name, std::move(change));
  if (!committed.ok()) {
    // Only what certainly is in no version may go.
    if (KindOf(committed) == ErrorKind::kConflict) {
      kCompactionConflicts.With().Add();
      Ignore(options_.store.Delete(path), "a leftover costs only space");
    }
    return committed;
  }
  const std::string table = name.ToString();
  kCompactedFiles.With({table}).Add(std::ssize(run.files));
  kCompactedBytes.With({table}).Add(bytes);
  const std::chrono::duration<double> took = options_.clock.Monotonic() - started;
  log::Info("compacted", {{"table", table},
                          {"files", run.files.size()},
                          {"bytes", bytes},
                          {"bytes_after", merged_bytes},
                          {"elapsed_ms", static_cast<int64_t>(took.count() * 1000)}});
  return Status::OK();
}

}  // namespace weir::maintain
