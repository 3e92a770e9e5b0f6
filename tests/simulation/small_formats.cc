// SPDX-License-Identifier: Apache-2.0
#include "simulation/small_formats.h"

#include <arrow/buffer.h>
#include <fmt/format.h>

#include <sstream>

#include "base/dates.h"
#include "base/ids.h"
#include "buffer/row_columns_fake.h"

namespace weir::simulation {
namespace {

using table::iceberg::PlannedCommit;
using table::iceberg::TableState;

/// Files of metadata that a commit leaves: its own, and those of the last ones before.
constexpr int64_t kHistory = 3;

Status EncodeWords(signal::RowColumns& columns,
                   const std::function<Status(datafile::ParquetFile)>& on_file) {
  const auto& numbers = static_cast<const buffer::RowColumnsFake&>(columns).rows();
  for (const signal::DayRows& day : columns.SortIntoDays()) {
    std::string words;
    for (const int32_t row : day.rows) words += fmt::format("{} ", numbers[row]);
    datafile::ParquetFile encoded;
    encoded.file = {.path = fmt::format("data/date={}/{}.parquet", DateText(day.date), NewUuid()),
                    .date = day.date,
                    .record_count = static_cast<int64_t>(day.rows.size()),
                    .file_bytes = static_cast<int64_t>(words.size())};
    encoded.bytes = arrow::Buffer::FromString(std::move(words));
    TRY(on_file(std::move(encoded)));
  }
  return Status::OK();
}

table::TableDefinition SmallTable(signal::Signal signal) {
  static const std::shared_ptr<arrow::Schema> schemas[] = {
      buffer::RowColumnsFake(signal::Signal::kTraces).schema(),
      buffer::RowColumnsFake(signal::Signal::kLogs).schema(),
      buffer::RowColumnsFake(signal::Signal::kMetrics).schema()};
  return {schemas[static_cast<size_t>(signal)], "date", {"record_id"}};
}

/// What the metadata file says first; the paths of the table's files follow, one a line.
struct Head {
  int64_t snapshot_id = 0, version = 0, updated_ms = 0;
  std::string root, uri, previous;
};

std::string HeadText(const TableState& state, const std::string& previous) {
  return fmt::format("{} {} {} {} {} {}\n", state.snapshot_id(), state.metadata_version,
                     state.metadata.last_updated_ms, state.location.root, state.location.uri,
                     previous.empty() ? "-" : previous);
}

Head ReadHead(std::istream& text) {
  Head head;
  text >> head.snapshot_id >> head.version >> head.updated_ms >> head.root >> head.uri >>
      head.previous;
  text.ignore();
  return head;
}

Result<TableState> ReadTable(const store::Store& store, std::string_view path) {
  const std::string bytes = TRY(store.Read(path));
  std::istringstream text(bytes);
  const Head head = ReadHead(text);
  TableState state{.location = {head.uri, head.root},
                   .metadata_path = std::string(path),
                   .metadata_version = head.version};
  state.metadata.last_updated_ms = head.updated_ms;
  if (head.snapshot_id != 0) state.metadata.current_snapshot_id = head.snapshot_id;
  return state;
}

/// Adds the metadata of `plan.next`, which lists `files`.
void WriteMetadata(std::string_view unique, const std::string& files, PlannedCommit& plan) {
  TableState& next = plan.next;
  const std::string previous = next.metadata_path;
  ++next.metadata_version;
  next.metadata_path =
      fmt::format("{}/metadata/{:05}-{}.txt", next.location.root, next.metadata_version, unique);
  plan.metadata_path = next.metadata_path;
  plan.objects.push_back({next.metadata_path, HeadText(next, previous) + files});
}

PlannedCommit PlanCreate(const TableState& state, std::string_view unique) {
  PlannedCommit plan{.next = state};
  WriteMetadata(unique, "", plan);
  return plan;
}

/// The metadata file that is `steps` older than the one at `path`; empty where there is none.
std::string Older(const store::Store& store, std::string path, int64_t steps) {
  for (; steps > 0 && path != "-" && !path.empty(); --steps) {
    const auto text = store.Read(path);
    if (!text.ok()) return "";
    std::istringstream lines(*text);
    path = ReadHead(lines).previous;
  }
  return path == "-" ? "" : path;
}

Result<PlannedCommit> PlanCommit(const store::Store& store, const TableState& state,
                                 const table::TableChange& change,
                                 const table::CommitIdentity& identity) {
  PlannedCommit plan{.next = state};
  std::string files = TRY(store.Read(state.metadata_path));
  files.erase(0, files.find('\n') + 1);
  for (const auto& file : change.added) files += file.path + "\n";
  plan.next.metadata.last_updated_ms = identity.timestamp_ms;
  plan.next.metadata.current_snapshot_id = identity.snapshot_id;
  WriteMetadata(identity.unique, files, plan);
  std::string old = Older(store, state.metadata_path, kHistory);
  if (!old.empty()) plan.obsolete.push_back(std::move(old));
  return plan;
}

}  // namespace

commit::Formats WordsInIceberg() {
  return {.definition_of = SmallTable, .encode_files = EncodeWords};
}

commit::Formats SmallFormats() {
  return {.definition_of = SmallTable,
          .encode_files = EncodeWords,
          .read_table = ReadTable,
          .plan_create = PlanCreate,
          .plan_commit = PlanCommit};
}

Result<std::set<std::string>> SmallFiles(const store::Store& store, const std::string& path,
                                         int64_t snapshot_id) {
  const std::string bytes = TRY(store.Read(path));
  std::istringstream text(bytes);
  if (ReadHead(text).snapshot_id != snapshot_id) {
    return Error(ErrorKind::kInternal, "the catalog's snapshot is not that of " + path);
  }
  std::set<std::string> files;
  for (std::string line; std::getline(text, line);) {
    if (!files.insert(line).second) {
      return Error(ErrorKind::kInternal, "metadata lists a file twice: " + line);
    }
  }
  return files;
}

}  // namespace weir::simulation
