// SPDX-License-Identifier: Apache-2.0
#include "maintain/compaction/compactor.h"

#include <arrow/buffer.h>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/ids.h"
#include "base/log.h"
#include "datafile/content_hash.h"
#include "datafile/rewrite/join_files.h"
#include "datafile/rewrite/merge_files.h"
#include "maintain/lake.h"
#include "maintain/metrics.h"
#include "maintain/table_at.h"
#include "table/iceberg/read_table.h"

namespace weir::maintain {
namespace {

namespace iceberg = table::iceberg;
using datafile::DataFile;

// At least, so that a small target has several row groups, too.
constexpr int64_t kRowGroupsOfAFile = 4;

DataFile Removed(const LiveFile& file) {
  return {.path = file.path,
          .date = file.partition.date,
          .record_count = file.rows,
          .file_bytes = file.bytes};
}

/// Beside the files that it replaces.
std::string NewPath(const CompactionRun& run) {
  const std::string& first = run.files.front().path;
  return first.substr(0, first.rfind('/') + 1) + NewUuid() + ".parquet";
}

std::string_view NameOf(RunKind kind) { return kind == RunKind::kMerge ? "merge" : "join"; }

}  // namespace

Result<bool> Compactor::CompactOnce(const catalog::TableEntry& entry) {
  const std::optional<Found> found = TRY(Find(entry));
  if (!found) return false;
  Target target{entry.name, found->state, found->layout, tables_[entry.name]};
  std::vector<LiveFile> files =
      TRY(target.table.files.List(options_.store, found->state, found->layout));
  const std::vector<CompactionRun> runs = Plan(target, std::move(files));
  if (runs.empty()) return false;
  const Status done = RunOrSplit(target, runs.front());
  if (!done.ok() && KindOf(done) != ErrorKind::kConflict) return done;
  size_t& most = target.table.run_files_max;
  most = done.ok() ? kRunFilesMax : std::max<size_t>(runs.front().files.size() / 2, 2);
  return true;
}

Result<std::vector<CompactionRun>> Compactor::Plan(const catalog::TableEntry& entry) {
  const std::optional<Found> found = TRY(Find(entry));
  if (!found) return std::vector<CompactionRun>();
  Target target{entry.name, found->state, found->layout, tables_[entry.name]};
  std::vector<LiveFile> files =
      TRY(target.table.files.List(options_.store, found->state, found->layout));
  return Plan(target, std::move(files));
}

Result<std::optional<Compactor::Found>> Compactor::Find(const catalog::TableEntry& entry) const {
  auto state = TableAt(options_.store, entry);
  // Metadata of a table that moves on is deleted after some commits.
  if (!state.ok() && KindOf(state.status()) == ErrorKind::kNotFound) return std::optional<Found>();
  TRY(state.status());
  iceberg::FileLayout layout = TRY(iceberg::LayoutOf(state->metadata));
  return std::optional<Found>({*std::move(state), std::move(layout)});
}

std::vector<CompactionRun> Compactor::Plan(Target& target, std::vector<LiveFile> files) const {
  Table& table = target.table;
  const QuietTimes quiet = NoteNewest(files, table);
  std::set<std::string> left_alone;  // Those of them that are still live.
  for (const LiveFile& file : files) {
    if (table.left_alone.contains(file.path)) left_alone.insert(file.path);
  }
  table.left_alone = std::move(left_alone);
  std::erase_if(files, [&](const LiveFile& file) { return table.left_alone.contains(file.path); });
  CompactionLimits limits = options_.limits;
  limits.file_bytes = target.layout.target_bytes.value_or(limits.file_bytes);
  limits.merge_bytes = std::min(limits.merge_bytes, limits.file_bytes / kRowGroupsOfAFile);
  std::vector<CompactionRun> runs = PlanCompaction(std::move(files), quiet, limits);
  for (CompactionRun& run : runs) {
    if (run.files.size() > table.run_files_max) run.files.resize(table.run_files_max);
  }
  return runs;
}

QuietTimes Compactor::NoteNewest(const std::vector<LiveFile>& files, Table& table) const {
  const auto now = options_.clock.Monotonic();
  QuietTimes quiet;
  for (const LiveFile& file : files) {
    const auto [newest, is_new] = table.newest.try_emplace(file.partition, file.version, now);
    if (!is_new && file.version > newest->second.version) newest->second = {file.version, now};
    quiet[file.partition];
  }
  for (auto& [partition, time] : quiet) {
    time =
        std::chrono::duration_cast<std::chrono::milliseconds>(now - table.newest[partition].since);
  }
  return quiet;
}

Status Compactor::RunOrSplit(Target& target, const CompactionRun& run) {
  const Status done = Run(target, run);
  if (done.ok() || KindOf(done) != ErrorKind::kBadRequest) return done;
  if (run.files.size() == 1) return LeaveAlone(target, run.files.front(), done);
  const auto middle = run.files.begin() + std::ssize(run.files) / 2;
  CompactionRun first = run, second = run;
  first.files.assign(run.files.begin(), middle);
  second.files.assign(middle, run.files.end());
  for (const CompactionRun& half : {first, second}) {
    // One that does not fit with its neighbours would be alone again in the next plan, for ever.
    const bool is_done = half.files.size() == 1 && !half.files.front().is_fresh;
    TRY(is_done ? LeaveAlone(target, half.files.front(), done) : RunOrSplit(target, half));
  }
  return Status::OK();
}

Status Compactor::LeaveAlone(Target& target, const LiveFile& file, const Status& why) {
  log::Warn("data file left as it is",
            {{"table", target.name.ToString()}, {"file", file.path}, {"error", why.message()}});
  target.table.left_alone.insert(file.path);
  return Status::OK();
}

Status Compactor::Run(const Target& target, const CompactionRun& run) {
  const auto started = options_.clock.Monotonic();
  const std::string path = NewPath(run);
  const std::string in_store = target.state.location.root + "/" + path;
  DataFile added = TRY(Make(target, run, in_store));
  added.path = path;
  added.date = run.partition.date;
  added.spec_id = run.partition.spec_id;
  added.partition = run.partition.values;
  const int64_t bytes_after = added.file_bytes;
  table::TableChange change{.added = {}, .removed = {}, .is_rearrangement = true};
  change.added.push_back(std::move(added));
  int64_t bytes = 0;
  for (const LiveFile& file : run.files) {
    change.removed.push_back(Removed(file));
    bytes += file.bytes;
  }
  const Status committed = options_.rearrange(target.name, std::move(change));
  if (!committed.ok()) {
    // Only what certainly is in no version may go.
    if (KindOf(committed) == ErrorKind::kConflict) {
      kCompactionConflicts.With().Add();
      Ignore(options_.store.Delete(in_store), "a leftover costs only space");
    }
    return committed;
  }
  const std::string table = target.name.ToString();
  kCompactedFiles.With({table}).Add(std::ssize(run.files));
  kCompactedBytes.With({table}).Add(bytes);
  const std::chrono::duration<double> took = options_.clock.Monotonic() - started;
  log::Info("compacted", {{"table", table},
                          {"how", NameOf(run.kind)},
                          {"files", run.files.size()},
                          {"bytes", bytes},
                          {"bytes_after", bytes_after},
                          {"elapsed_ms", static_cast<int64_t>(took.count() * 1000)}});
  return Status::OK();
}

Result<DataFile> Compactor::Make(const Target& target, const CompactionRun& run,
                                 const std::string& path) {
  Result<DataFile> made =
      run.kind == RunKind::kMerge ? Merge(target, run, path) : Join(target, run, path);
  if (made.ok()) return made;
  const ErrorKind kind = KindOf(made.status());
  // What one unsound or missing file does must not be what all others wait for.
  const bool is_of_files = kind == ErrorKind::kInternal || kind == ErrorKind::kNotFound;
  return is_of_files ? Error(ErrorKind::kBadRequest, made.status().message()) : made.status();
}

Result<DataFile> Compactor::Merge(const Target& target, const CompactionRun& run,
                                  const std::string& path) {
  std::vector<std::string> inputs;
  for (const LiveFile& file : run.files) {
    std::string input = TRY(options_.store.Read(target.state.location.root + "/" + file.path));
    inputs.push_back(std::move(input));
  }
  const datafile::ParquetFile merged = TRY(datafile::MergeFiles(
      inputs, {.added = target.layout.shape.columns,
               .file = {.zstd_level = run.is_last ? options_.levels.cold : options_.levels.warm,
                        .row_group_rows = options_.limits.merge_rows,
                        .is_for_long = run.is_last,
                        .bloom_columns = target.layout.bloom_columns,
                        .sort_columns = target.layout.sort_columns,
                        .descending_columns = target.layout.descending_columns},
               .is_cancelled = options_.is_cancelled}));
  inputs.clear();
  TRY(options_.store.Put(path, {reinterpret_cast<const char*>(merged.bytes->data()),
                                static_cast<size_t>(merged.bytes->size())}));
  DataFile file = merged.file;
  file.sort_order_id = file.split_offsets.size() == 1 ? target.layout.sort_order_id : 0;
  return file;
}

Result<DataFile> Compactor::Join(const Target& target, const CompactionRun& run,
                                 const std::string& path) {
  const std::vector<DataFile> facts =
      TRY(target.table.files.FactsOf(options_.store, target.state, run.files));
  std::vector<datafile::JoinInput> inputs;
  for (const DataFile& file : facts) {
    inputs.push_back({target.state.location.root + "/" + file.path, file});
  }
  datafile::JoinedFile joined = TRY(datafile::JoinFiles(options_.store, inputs));
  datafile::ContentHash hash;
  const auto next = [&]() -> Result<std::string> {
    if (options_.is_cancelled()) return Error(ErrorKind::kConflict, "join cancelled");
    std::string piece = TRY(joined.next());
    hash.Add(piece);
    return piece;
  };
  TRY(options_.store.PutPieces(path, next));
  joined.file.content_hash = hash.Text();
  joined.file.sort_order_id = 0;  // Each row group is in order, not all of them together.
  return joined.file;
}

}  // namespace weir::maintain
