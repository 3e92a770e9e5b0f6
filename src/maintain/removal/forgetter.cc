// SPDX-License-Identifier: Apache-2.0
#include "maintain/removal/forgetter.h"

#include <arrow/buffer.h>
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

#include "base/fault_point.h"
#include "base/ids.h"
#include "base/log.h"
#include "datafile/rewrite/merge_files.h"
#include "maintain/all_tables.h"
#include "maintain/compaction/retired_files.h"
#include "maintain/metrics.h"
#include "maintain/removal/orphans.h"
#include "maintain/table_at.h"
#include "table/iceberg/file_layout.h"

namespace weir::maintain {
namespace {

namespace iceberg = table::iceberg;

constexpr int64_t kAllVersions = std::numeric_limits<int64_t>::max();
/// Requests that are carried out together; each file is read once for all of them.
constexpr size_t kRequestsMax = 64;

datafile::DataFile FactsOf(const datafile::DataFile& file) {
  return {.path = file.path,
          .date = file.date,
          .record_count = file.record_count,
          .file_bytes = file.file_bytes};
}

}  // namespace

Result<ForgetPlan> PlanForget(const RowSearch& search, const iceberg::TableState& state,
                              const std::vector<catalog::RetiredFile>& retired) {
  ForgetPlan plan;
  if (!search.is_possible()) return plan;
  plan.live = TRY(search.InLiveFiles());
  plan.retired = TRY(search.InRetiredFiles(retired));
  if (plan.is_empty()) return plan;
  plan.first_version = kAllVersions;
  for (const auto* files : {&plan.live, &plan.retired}) {
    for (const FileWithRows& file : *files) {
      plan.first_version = std::min(plan.first_version, file.added_version);
    }
  }
  // The last version that a file with such rows is in: the current one's, or before it left.
  int64_t& end = plan.end_version = plan.live.empty() ? 0 : kAllVersions;
  for (const FileWithRows& file : plan.retired) {
    const auto noted = std::ranges::find(retired, file.file.path, &catalog::RetiredFile::path);
    end = std::max(end, noted->removed_version);
  }
  for (const iceberg::Snapshot& snapshot : state.metadata.snapshots) {
    const int64_t version = snapshot.sequence_number;
    if (version < plan.first_version || version >= end) continue;
    plan.versions.push_back(version);
    for (const auto& [name, ref] : state.metadata.refs) {
      if (name != "main" && ref.snapshot_id == snapshot.snapshot_id) plan.refs.push_back(name);
    }
  }
  return plan;
}

Status Forgetter::Work() {
  if (!batch_) TRY(Begin());
  if (!batch_) return Status::OK();
  Batch& batch = *batch_;
  if (!batch.are_journals_clear) {
    const bool is_first = !std::exchange(batch.has_asked_journals, true);
    batch.are_journals_clear = TRY(options_.journals_are_clear(is_first));
    if (!batch.are_journals_clear) return Status::OK();
  }
  if (!batch.are_rows_removed) TRY(RemoveRows());
  while (!batch.tables.empty()) {
    const bool is_done = TRY(CleanUp(batch.tables.back()));
    if (!is_done) return Status::OK();
    batch.tables.pop_back();
  }
  TRY(options_.forget_elsewhere());
  for (const catalog::ForgetRequest& request : batch.requests) {
    fault::Point("forget.finish.before");
    TRY(options_.requests.Finish(request.id, options_.clock.UnixMillis()));
    fault::Point("forget.finish.after");
    kForgetRequestsDone.With().Add();
    log::Info("request to forget is done", {{"request", request.id}});
  }
  batch_.reset();
  return Status::OK();
}

Status Forgetter::Begin() {
  std::vector<catalog::ForgetRequest> open = TRY(options_.requests.ListOpen());
  if (open.empty()) return Status::OK();
  if (open.size() > kRequestsMax) open.resize(kRequestsMax);
  Batch batch;
  // Without its value one is done but for the note of that; values and requests go side by side.
  std::vector<catalog::ForgetRequest> without_value;
  for (catalog::ForgetRequest& request : open) {
    if (request.value.empty()) {
      without_value.push_back(std::move(request));
      continue;
    }
    batch.values.push_back({request.column, request.value});
    batch.requests.push_back(std::move(request));
  }
  std::ranges::move(without_value, std::back_inserter(batch.requests));
  log::Info("forgetting begins", {{"requests", batch.requests.size()}});
  batch_ = std::move(batch);
  return Status::OK();
}

Status Forgetter::RemoveRows() {
  Batch& batch = *batch_;
  if (!batch.values.empty()) {
    const auto tables = TRY(AllTables(options_.catalog));
    for (const catalog::TableEntry& entry : tables) {
      if (std::ranges::find(batch.searched, entry.name) != batch.searched.end()) continue;
      TRY(RemoveRowsOf(entry.name));
      batch.searched.push_back(entry.name);
    }
  }
  batch.are_rows_removed = true;
  return Status::OK();
}

Status Forgetter::RemoveRowsOf(const catalog::TableName& name) {
  const catalog::TableEntry entry = TRY(options_.catalog.Load(name));
  const iceberg::TableState state = TRY(TableAt(options_.store, entry));
  const RowSearch search =
      TRY(RowSearch::Open(options_.store, state, batch_->values, options_.is_cancelled));
  if (!search.is_possible()) return Status::OK();
  TRY(DeleteOrphansWith(search, entry));
  const auto retired = TRY(options_.catalog.ListRetired(name, kAllVersions));
  const ForgetPlan plan = TRY(PlanForget(search, state, retired));
  if (plan.is_empty()) return Status::OK();
  for (const std::string& ref : plan.refs) {
    log::Warn("a tag or branch goes with the version that it names, for rows to be forgotten",
              {{"table", name.ToString()}, {"name", ref}});
  }
  if (!plan.live.empty() || !plan.versions.empty()) {
    table::TableChange change = TRY(PlanChange(search, state, plan.live));
    change.dropped = table::DroppedVersions{plan.first_version, plan.end_version, true};
    fault::Point("forget.commit.before");
    TRY(options_.rearrange(name, std::move(change)));
    fault::Point("forget.commit.after");
    TRY(NoteRemoved(name, plan.live, std::ssize(plan.versions)));
  }
  const catalog::TableEntry now = TRY(options_.catalog.Load(name));
  batch_->tables.push_back({.name = name, .version = now.delta_version});
  return Status::OK();
}

/// What a crash left may have such rows, or bounds of them, and no version leads to it.
Status Forgetter::DeleteOrphansWith(const RowSearch& search,
                                    const catalog::TableEntry& entry) const {
  auto orphans =
      TRY(FindOrphans({options_.store, options_.catalog, options_.clock}, entry,
                      {.grace = options_.grace, .process_start_ms = options_.process_start_ms}));
  std::vector<Orphan> with;
  for (Orphan& orphan : orphans) {
    const bool is_data = orphan.path.starts_with("data/date=") && orphan.path.ends_with(".parquet");
    if (is_data) {
      const auto found = search.InFile(orphan.path);
      if (options_.is_cancelled()) return Error(ErrorKind::kConflict, "the server is stopping");
      // One that cannot be read may be a write of these rows that ended half-way.
      const bool has_rows = !found.ok() || found->rows > 0;
      if (!has_rows) continue;
    }
    with.push_back(std::move(orphan));
  }
  return DeleteOrphans(options_.store, entry, with);
}

Result<table::TableChange> Forgetter::PlanChange(const RowSearch& search,
                                                 const iceberg::TableState& state,
                                                 const std::vector<FileWithRows>& live) const {
  table::TableChange change;
  for (const FileWithRows& one : live) {
    change.removed.push_back(FactsOf(one.file));
    if (one.rows == one.file.record_count) continue;
    datafile::DataFile written = TRY(WriteWithout(search, state, one.file));
    change.added.push_back(std::move(written));
  }
  return change;
}

Result<datafile::DataFile> Forgetter::WriteWithout(const RowSearch& search,
                                                   const iceberg::TableState& state,
                                                   const datafile::DataFile& file) const {
  const std::string& root = state.location.root;
  std::vector<std::string> inputs(1);
  inputs[0] = TRY(options_.store.Read(root + "/" + file.path));
  const iceberg::FileLayout layout = TRY(iceberg::LayoutOf(state.metadata));
  datafile::ParquetFile written =
      TRY(datafile::MergeFiles(inputs, {.added = layout.shape.columns,
                                        .left_out = search.conditions(),
                                        .file = {.zstd_level = options_.zstd_level,
                                                 .row_group_rows = options_.row_group_rows,
                                                 .bloom_columns = layout.bloom_columns,
                                                 .sort_columns = layout.sort_columns,
                                                 .descending_columns = layout.descending_columns},
                                        .is_cancelled = options_.is_cancelled}));
  written.file.sort_order_id = written.file.split_offsets.size() == 1 ? layout.sort_order_id : 0;
  written.file.date = file.date;
  written.file.spec_id = file.spec_id;
  written.file.partition = file.partition;
  written.file.path = file.path.substr(0, file.path.rfind('/') + 1) + NewUuid() + ".parquet";
  fault::Point("forget.rewrite.before");
  TRY(options_.store.Put(root + "/" + written.file.path,
                         {reinterpret_cast<const char*>(written.bytes->data()),
                          static_cast<size_t>(written.bytes->size())}));
  fault::Point("forget.rewrite.after");
  return std::move(written.file);
}

Status Forgetter::NoteRemoved(const catalog::TableName& name, const std::vector<FileWithRows>& live,
                              int64_t versions) {
  int64_t all_rows = 0;
  for (size_t i = 0; i < batch_->values.size(); ++i) {
    catalog::ForgottenRows removed{.table = name, .versions = versions};
    for (const FileWithRows& one : live) {
      removed.rows += one.rows_by_value[i];
      removed.files += one.rows_by_value[i] > 0 ? 1 : 0;
    }
    TRY(options_.requests.Note(batch_->requests[i].id, removed));
  }
  for (const FileWithRows& one : live) all_rows += one.rows;
  kRowsForgotten.With({name.ToString()}).Add(all_rows);
  kVersionsDropped.With({name.ToString()}).Add(versions);
  log::Info("rows forgotten", {{"table", name.ToString()},
                               {"rows", all_rows},
                               {"files", live.size()},
                               {"versions", versions}});
  return Status::OK();
}

Result<bool> Forgetter::CleanUp(Table& table) {
  const catalog::TableEntry entry = TRY(options_.catalog.Load(table.name));
  if (table.checkpoint == 0) {
    const int64_t version = TRY(delta_logs_.CheckpointNow(entry));
    if (version < table.version) return false;  // The entry is not published yet.
    table.checkpoint = version;
  }
  auto left = TRY(options_.catalog.ListRetired(table.name, kAllVersions));
  std::erase_if(left, [&](const auto& one) { return one.removed_version > table.version; });
  const int64_t since_ms = options_.clock.UnixMillis() - options_.grace.count();
  const bool is_grace_over =
      std::ranges::all_of(left, [&](const auto& one) { return one.retired_ms < since_ms; });
  if (!is_grace_over) return false;
  fault::Point("forget.history.before");
  TRY(delta_logs_.RemoveBefore(entry, table.checkpoint));
  fault::Point("forget.history.after");
  const RetiredFilesOptions due{.store = options_.store,
                                .catalog = options_.catalog,
                                .clock = options_.clock,
                                .history = options_.grace,
                                .oldest_delta_version = table.checkpoint};
  int64_t deleted = 1;
  while (deleted > 0) deleted = TRY(DeleteRetiredFiles(due, entry));
  return true;
}

}  // namespace weir::maintain
