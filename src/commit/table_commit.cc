// SPDX-License-Identifier: Apache-2.0
#include "commit/table_commit.h"

#include <arrow/buffer.h>

#include <algorithm>
#include <optional>

#include "base/fault_point.h"
#include "base/ids.h"
#include "base/log.h"
#include "commit/delta_publisher.h"
#include "commit/metrics.h"
#include "table/delta/log_entry.h"
#include "table/iceberg/alter.h"
#include "table/iceberg/plan_commit.h"

namespace weir::commit {

namespace {

struct PutPoints {
  std::string_view before, after;
};

/// The fault points around the put of a metadata object.
PutPoints PointsOf(std::string_view path) {
  if (path.ends_with(".metadata.json")) return {"metadata.put.before", "metadata.put.after"};
  const bool is_list = path.substr(path.rfind('/') + 1).starts_with("snap-");
  return is_list ? PutPoints{"manifest_list.put.before", "manifest_list.put.after"}
                 : PutPoints{"manifest.put.before", "manifest.put.after"};
}

Status PutMetadata(store::Store& store, const table::NewObject& object) {
  const PutPoints points = PointsOf(object.path);
  TRY(fault::MayFail(points.before));
  TRY(store.PutIfAbsent(object.path, object.bytes));
  return fault::MayFail(points.after);
}

}  // namespace

/// One table's part of the commit, ready to be moved.
struct TableCommit::Planned {
  buffer::TableKey key;
  TableHead* head = nullptr;
  catalog::TableMove move;
  table::iceberg::PlannedCommit iceberg;
  std::optional<table::TableDefinition> altered;  // What the table becomes.
};

Status TableCommit::Retry(std::string_view step, const std::function<Status()>& attempt) const {
  while (true) {
    const Status status = attempt();
    if (status.ok()) return status;
    kCommitRetries.With({std::string(step)}).Add();
    if (!should_retry_(step, status)) return status;
  }
}

Status TableCommit::Add(buffer::Generation& generation) {
  for (buffer::Generation::TableRows& table : generation.TakeTables()) {
    if (table.rows->num_rows() == 0) continue;
    datafile::FileShape shape;
    const auto find_shape = [&]() -> Status {
      shape = TRY(ShapeOf(table.key));
      return Status::OK();
    };
    TRY(Retry("table", find_shape));
    const auto put = [&](datafile::ParquetFile encoded) {
      return PutFile(table.key, std::move(encoded));
    };
    TRY(rooms_.heads.formats().encode_files(*table.rows, shape, put));
    const auto& on_rows_written = rooms_.heads.formats().on_rows_written;
    if (on_rows_written) on_rows_written(*table.rows);
    table.rows.reset();
  }
  const std::lock_guard lock(mutex_);
  if (generation.last_sequence() > 0) {
    progress_.push_back({generation.writer(), generation.last_sequence()});
  }
  return Status::OK();
}

Status TableCommit::PutFile(const buffer::TableKey& key, datafile::ParquetFile encoded) {
  const auto put = [&]() -> Status {
    const std::string root = TRY(RootOf(key));
    const auto bytes = reinterpret_cast<const char*>(encoded.bytes->data());
    TRY(fault::MayFail("data_file.put.before"));
    TRY(rooms_.store.Put(root + "/" + encoded.file.path,
                         {bytes, static_cast<size_t>(encoded.bytes->size())}));
    return fault::MayFail("data_file.put.after");
  };
  TRY(Retry("data file", put));
  const std::string name = NameOf(key).ToString();
  kCommittedRows.With({name}).Add(encoded.file.record_count);
  kCommittedBytes.With({name}).Add(encoded.file.file_bytes);
  const std::lock_guard lock(mutex_);
  changes_[key].added.push_back(std::move(encoded.file));
  return Status::OK();
}

Result<std::string> TableCommit::RootOf(const buffer::TableKey& key) {
  const std::lock_guard lock(mutex_);
  TableHead* head = TRY(rooms_.heads.Open(key));
  return head->state.location.root;
}

Result<datafile::FileShape> TableCommit::ShapeOf(const buffer::TableKey& key) {
  const std::lock_guard lock(mutex_);
  const TableHead* head = TRY(rooms_.heads.Open(key));
  return head->definition.shape;
}

void TableCommit::Rearrange(const buffer::TableKey& key, table::TableChange change) {
  const std::lock_guard lock(mutex_);
  changes_[key] = std::move(change);
}

Status TableCommit::Finish() {
  if (changes_.empty()) return Status::OK();
  TRY(Retry("tables", [&] { return MoveTables(); }));
  return Retry("delta log", [&] { return PublishPendingDelta(rooms_.store, rooms_.catalog); });
}

Status TableCommit::MoveTables() {
  std::vector<Planned> all;
  for (const auto& [key, change] : changes_) {
    Planned planned = TRY(Plan(key, change));
    all.push_back(std::move(planned));
    for (const table::NewObject& object : all.back().iceberg.objects) {
      TRY(PutMetadata(rooms_.store, object));
    }
  }
  const Status committed = CommitToCatalog(all);
  if (!committed.ok()) {
    // Whoever moved a table, the next plan starts from where it is now.
    if (KindOf(committed) == ErrorKind::kConflict) kCommitConflicts.With().Add();
    for (const Planned& planned : all) rooms_.heads.Forget(planned.key);
    return committed;
  }
  for (Planned& planned : all) {
    planned.head->entry = planned.move.next;
    planned.head->state = std::move(planned.iceberg.next);
    if (planned.altered) planned.head->definition = *std::move(planned.altered);
    for (const std::string& path : planned.iceberg.obsolete) {
      Ignore(rooms_.store.Delete(path),
             "metadata nobody names any more; a leftover costs only space");
    }
  }
  kCommits.With().Add();
  return Status::OK();
}

Result<TableCommit::Planned> TableCommit::Plan(const buffer::TableKey& key,
                                               const table::TableChange& change) {
  TableHead* opened = TRY(rooms_.heads.Open(key));
  Planned planned{.key = key, .head = opened};
  const TableHead& head = *opened;
  const table::CommitIdentity identity{
      .snapshot_id = change.asked_by ? change.asked_by->snapshot_id : NewPositiveInt63(),
      .timestamp_ms = std::max(rooms_.clock.UnixMillis(), head.state.metadata.last_updated_ms + 1),
      .unique = NewUuid()};
  planned.iceberg =
      TRY(rooms_.heads.formats().plan_commit(rooms_.store, head.state, change, identity));
  if (change.altered) {
    planned.altered = TRY(table::iceberg::DefinitionNow(
        rooms_.heads.formats().definition_of(key.table), planned.iceberg.next.metadata));
  }
  planned.move.next = head.entry;
  planned.move.next.metadata_location = rooms_.store.Uri(planned.iceberg.metadata_path);
  planned.move.next.snapshot_id = identity.snapshot_id;
  planned.move.next.delta_version = head.entry.delta_version + 1;
  planned.move.expected_metadata_location = head.entry.metadata_location;
  for (const table::RetiredFile& file : planned.iceberg.retired) {
    planned.move.retired.push_back(
        {file.path, file.added_version, file.removed_version, identity.timestamp_ms});
  }
  planned.move.delta_entry =
      TRY(table::delta::EntryBytes(planned.altered ? *planned.altered : head.definition, change,
                                   {.table_uuid = head.entry.uuid,
                                    .identity = identity,
                                    .version = planned.move.next.delta_version,
                                    .engine_version = EngineVersion()}));
  return planned;
}

Status TableCommit::CommitToCatalog(const std::vector<Planned>& planned) {
  std::vector<catalog::TableMove> moves;
  for (const Planned& one : planned) moves.push_back(one.move);
  const Status committed = rooms_.catalog.Commit(moves, progress_);
  // A conflict alone says that nothing happened; after any other failure a look is cheap, a second
  // commit is not.
  if (committed.ok() || KindOf(committed) == ErrorKind::kConflict) return committed;
  // All tables move in one transaction, so one of them tells for all.
  log::Warn("commit outcome unknown, looking", {{"error", committed.message()}});
  while (true) {
    const Result<bool> is_committed = IsCommitted(planned.front());
    if (is_committed.ok()) return *is_committed ? Status::OK() : committed;
    if (!should_retry_("outcome", is_committed.status())) return committed;
  }
}

Result<bool> TableCommit::IsCommitted(const Planned& planned) const {
  const catalog::TableEntry entry = TRY(rooms_.catalog.Load(planned.move.next.name));
  return entry.snapshot_id == planned.move.next.snapshot_id;
}

}  // namespace weir::commit
