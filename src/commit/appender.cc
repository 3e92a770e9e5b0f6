// SPDX-License-Identifier: Apache-2.0
#include "commit/appender.h"

#include <arrow/buffer.h>
#include <fmt/format.h>

#include <limits>
#include <optional>
#include <set>

#include "base/log.h"
#include "commit/metrics.h"
#include "commit/span_index.h"
#include "signal/published_table.h"
#include "table/iceberg/read_table.h"

namespace weir::commit {
namespace {

namespace iceberg = table::iceberg;
using datafile::DataFile;

/// The part of the name before `ending`; nothing where it ends otherwise.
std::optional<std::string> PrefixOf(const catalog::TableName& name, signal::Table table) {
  const std::string& ending = signal::Published(table).name;
  if (!name.name.ends_with(ending)) return std::nullopt;
  return name.name.substr(0, name.name.size() - ending.size());
}

Status Refused(std::string why) { return Error(ErrorKind::kBadRequest, std::move(why)); }

/// After which it is certain that nothing was committed.
bool IsRefusal(const Status& status) {
  return KindOf(status) == ErrorKind::kBadRequest || KindOf(status) == ErrorKind::kConflict;
}

/// The store's path of a table's folder.
Result<std::string> RootIn(const store::Store& store, const catalog::TableEntry& entry) {
  const std::string root = store.Uri("");
  if (entry.location.starts_with(root)) return entry.location.substr(root.size());
  return Error(ErrorKind::kInternal, fmt::format("{} is outside {}", entry.location, root));
}

}  // namespace

/// One append.
struct Appender::Work {
  catalog::TableName name;
  const iceberg::ProposedSnapshot& proposed;
  iceberg::TableState state;  // As it was first.
  table::TableChange change;
  std::optional<catalog::TableName> index;  // Of the spans' index, where there is one.
  std::string index_root;
  table::TableChange index_change;
};

Status Appender::Append(const catalog::TableName& name, const iceberg::ProposedSnapshot& proposed) {
  if (PrefixOf(name, signal::Table::kTraceIndex)) {
    return Refused(
        fmt::format("rows of {} follow from the spans: append to otel_spans", name.ToString()));
  }
  if (proposed.snapshot_id <= 0) {
    return Refused(fmt::format("a snapshot id is positive: {}", proposed.snapshot_id));
  }
  Work work{.name = name, .proposed = proposed};
  work.state = TRY(StateOf(name));
  if (work.state.metadata.SnapshotOf(proposed.snapshot_id) != nullptr) return Status::OK();
  TRY(ReadFiles(work));
  Status done = IndexSpans(work);
  bool nothing_happened = !done.ok();
  if (done.ok()) {
    const std::lock_guard lock(committing_);
    done = Commit(work);
    nothing_happened = !done.ok() && IsRefusal(done);
  }
  if (nothing_happened) RemoveIndexFiles(work);
  return done;
}

Result<iceberg::TableState> Appender::StateOf(const catalog::TableName& name) const {
  constexpr int kLooksMax = 5;  // A table that moves on deletes its old metadata files.
  const size_t root_size = options_.store.Uri("").size();
  Result<iceberg::TableState> state = Error(ErrorKind::kInternal, "not read");
  for (int look = 0; look < kLooksMax; ++look) {
    const catalog::TableEntry entry = TRY(options_.catalog.Load(name));
    state = options_.formats.read_table(options_.store, entry.metadata_location.substr(root_size));
    if (state.ok() || KindOf(state.status()) != ErrorKind::kNotFound) break;
  }
  if (!state.ok() && KindOf(state.status()) == ErrorKind::kNotFound) {
    return Error(ErrorKind::kInternal, state.status().message());
  }
  return state;
}

Status Appender::ReadFiles(Work& work) const {
  iceberg::ProposedAppend append =
      TRY(iceberg::ReadProposedAppend(options_.store, work.state, work.proposed));
  const std::string& root = work.state.location.root;
  for (const DataFile& recorded : append.files) {
    const std::string path = root + "/" + recorded.path;
    const auto bytes = TRY(options_.store.Head(path));
    if (!bytes) return Refused(fmt::format("file {} is not there", recorded.path));
    if (*bytes != recorded.file_bytes) {
      return Refused(fmt::format("file {} has {} bytes, its manifest says {}", recorded.path,
                                 *bytes, recorded.file_bytes));
    }
    const auto written = datafile::ReadWrittenFile(options_.store, path, *bytes);
    if (!written.ok() && KindOf(written.status()) == ErrorKind::kBadRequest) {
      return Refused(fmt::format("file {}: {}", recorded.path, written.status().message()));
    }
    TRY(written.status());
    DataFile file = TRY(iceberg::CheckAddedFile(work.state, recorded, *written));
    work.change.added.push_back(std::move(file));
  }
  work.change.asked_by = table::EngineSnapshot{.snapshot_id = work.proposed.snapshot_id,
                                               .summary = work.proposed.summary,
                                               .metadata_files = std::move(append.metadata_files)};
  return Status::OK();
}

Status Appender::IndexSpans(Work& work) const {
  const auto prefix = PrefixOf(work.name, signal::Table::kSpans);
  if (!prefix) return Status::OK();
  const signal::TableSet tables{work.name.schema, *prefix};
  const catalog::TableName name{work.name.schema,
                                signal::TableName(tables, signal::Table::kTraceIndex)};
  const auto entry = options_.catalog.Load(name);
  // Where there is no index, all files are searched.
  if (KindOf(entry.status()) == ErrorKind::kNotFound) return Status::OK();
  TRY(entry.status());
  work.index = name;
  work.index_root = TRY(RootIn(options_.store, *entry));
  const auto builder = options_.new_trace_index(static_cast<size_t>(options_.indexed_spans_max));
  SpanIndexing indexing{.builder = *builder,
                        .spans_max = options_.indexed_spans_max,
                        .on_full = [&] { return PutIndexFile(work.index_root, *builder, work); }};
  for (const DataFile& file : work.change.added) {
    TRY(IndexSpansOf(options_.store, work.state.location.root, file, indexing));
  }
  return PutIndexFile(work.index_root, *builder, work);
}

Status Appender::PutIndexFile(const std::string& root, signal::TraceIndexBuilder& builder,
                              Work& work) const {
  const std::unique_ptr<signal::RowColumns> rows = builder.Take();
  if (rows == nullptr) return Status::OK();
  const auto put = [&](datafile::ParquetFile encoded) -> Status {
    const std::string_view bytes(reinterpret_cast<const char*>(encoded.bytes->data()),
                                 static_cast<size_t>(encoded.bytes->size()));
    TRY(options_.store.Put(root + "/" + encoded.file.path, bytes));
    work.index_change.added.push_back(std::move(encoded.file));
    return Status::OK();
  };
  // As published, which fits whatever the index became since.
  return options_.formats.encode_files(*rows, {}, put);
}

Result<bool> Appender::IsDone(const Work& work) const {
  const iceberg::TableState now = TRY(StateOf(work.name));
  if (now.metadata.SnapshotOf(work.proposed.snapshot_id) != nullptr) return true;
  const auto live = TRY(iceberg::FindLive(options_.store, now, work.change.added));
  // Snapshots are dropped with time, their ids stay with the files.
  if (live && live->snapshot_id == work.proposed.snapshot_id) return true;
  std::string known = live ? live->path : "";
  const auto retired =
      TRY(options_.catalog.ListRetired(work.name, std::numeric_limits<int64_t>::max()));
  std::set<std::string> gone;
  for (const catalog::RetiredFile& file : retired) gone.insert(file.path);
  for (const DataFile& file : work.change.added) {
    if (gone.contains(file.path)) known = file.path;
  }
  if (known.empty()) return false;
  // Engines delete what they wrote for a commit that they are told was refused.
  return Error(ErrorKind::kUnknownOutcome,
               fmt::format("file {} is in {} already, or was before it was compacted: nothing is "
                           "appended, and no file may be deleted",
                           known, work.name.ToString()));
}

Status Appender::Commit(Work& work) {
  const bool was_done = TRY(IsDone(work));
  if (was_done) {
    RemoveIndexFiles(work);
    return Status::OK();
  }
  const std::string table = work.name.ToString();
  const size_t files = work.change.added.size();
  int64_t rows = 0, bytes = 0;
  for (const DataFile& file : work.change.added) {
    rows += file.record_count;
    bytes += file.file_bytes;
  }
  std::vector<NamedChange> changes;
  changes.push_back({work.name, work.change});
  if (work.index && !work.index_change.added.empty()) {
    changes.push_back({*work.index, work.index_change});
  }
  Status done = options_.commit(std::move(changes));
  if (!done.ok() && IsRefusal(done)) return done;
  if (!done.ok()) {
    // Committed, and what follows a commit failed; or else nobody knows.
    const auto found = IsDone(work);
    if (!found.ok() || !*found) return Error(ErrorKind::kUnknownOutcome, done.message());
  }
  kAppendedFiles.With({table}).Add(static_cast<int64_t>(files));
  kCommittedRows.With({table}).Add(rows);
  kCommittedBytes.With({table}).Add(bytes);
  log::Info("appended what an engine wrote", {{"table", table},
                                              {"files", files},
                                              {"rows", rows},
                                              {"snapshot", work.proposed.snapshot_id}});
  return Status::OK();
}

void Appender::RemoveIndexFiles(const Work& work) const {
  for (const DataFile& file : work.index_change.added) {
    Ignore(options_.store.Delete(work.index_root + "/" + file.path), "a file that nobody names");
  }
}

}  // namespace weir::commit
