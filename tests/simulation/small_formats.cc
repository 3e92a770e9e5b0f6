// SPDX-License-Identifier: Apache-2.0
#include "simulation/small_formats.h"

#include <arrow/buffer.h>
#include <fmt/format.h>

#include <vector>

#include "base/dates.h"
#include "base/ids.h"
#include "buffer/row_columns_fake.h"
#include "simulation/lines.h"

namespace weir::simulation {
namespace {

using table::iceberg::PlannedCommit;
using table::iceberg::TableState;

/// Older metadata files that a commit leaves beside its own.
constexpr size_t kHistory = 3;

Status EncodeWords(signal::RowColumns& columns, const datafile::FileShape&,
                   const std::function<Status(datafile::ParquetFile)>& on_file) {
  const auto& numbers = dynamic_cast<const buffer::NumberList&>(columns).rows();
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

table::TableDefinition SmallTable(signal::Table table) {
  static const std::shared_ptr<arrow::Schema> schemas[] = {
      buffer::RowColumnsFake(signal::Signal::kTraces).schema(),
      buffer::RowColumnsFake(signal::Signal::kLogs).schema(),
      buffer::RowColumnsFake(signal::Signal::kMetrics).schema(), buffer::DeadLettersFake().schema(),
      buffer::TraceIndexFake({}).schema()};
  const std::shared_ptr<arrow::Schema>& schema = schemas[static_cast<size_t>(table)];
  return {schema, "date", {schema->field(0)->name()}};
}

/// What the metadata file says first; the paths of the table's files follow, one a line.
struct Head {
  int64_t snapshot_id = 0, version = 0, updated_ms = 0;
  std::string root, uri;
  std::vector<std::string> previous;  // Metadata files before it, the youngest first.
};

std::string HeadText(const TableState& state, const std::vector<std::string>& previous) {
  return fmt::format("{} {} {} {} {} {}\n", state.snapshot_id(), state.metadata_version,
                     state.metadata.last_updated_ms, state.location.root, state.location.uri,
                     fmt::join(previous, " "));
}

/// Takes the head off the front of `text`.
Head TakeHead(std::string_view& text) {
  std::string_view line = TakeUntil(text, '\n');
  Head head;
  for (int64_t* number : {&head.snapshot_id, &head.version, &head.updated_ms}) {
    *number = NumberIn(TakeUntil(line, ' '));
  }
  head.root = TakeUntil(line, ' ');
  head.uri = TakeUntil(line, ' ');
  while (!line.empty()) head.previous.emplace_back(TakeUntil(line, ' '));
  return head;
}

Result<TableState> ReadTable(const store::Store& store, std::string_view path) {
  const std::string bytes = TRY(store.Read(path));
  std::string_view text = bytes;
  const Head head = TakeHead(text);
  TableState state{.location = {head.uri, head.root},
                   .metadata_path = std::string(path),
                   .metadata_version = head.version};
  state.metadata.last_updated_ms = head.updated_ms;
  if (head.snapshot_id != 0) state.metadata.current_snapshot_id = head.snapshot_id;
  return state;
}

/// Adds the metadata of `plan.next`, which lists `files`.
void WriteMetadata(std::string_view unique, const std::vector<std::string>& previous,
                   std::string_view files, PlannedCommit& plan) {
  TableState& next = plan.next;
  ++next.metadata_version;
  next.metadata_path =
      fmt::format("{}/metadata/{:05}-{}.txt", next.location.root, next.metadata_version, unique);
  plan.metadata_path = next.metadata_path;
  plan.objects.push_back({next.metadata_path, HeadText(next, previous).append(files)});
}

PlannedCommit PlanCreate(const TableState& state, std::string_view unique) {
  PlannedCommit plan{.next = state};
  WriteMetadata(unique, {}, "", plan);
  return plan;
}

Result<PlannedCommit> PlanCommit(const store::Store& store, const TableState& state,
                                 const table::TableChange& change,
                                 const table::CommitIdentity& identity) {
  PlannedCommit plan{.next = state};
  const std::string bytes = TRY(store.Read(state.metadata_path));
  std::string_view text = bytes;
  std::vector<std::string> previous = TakeHead(text).previous;
  std::string files(text);
  for (const auto& file : change.added) files += file.path + "\n";
  plan.next.metadata.last_updated_ms = identity.timestamp_ms;
  plan.next.metadata.current_snapshot_id = identity.snapshot_id;
  if (previous.size() == kHistory) {
    plan.obsolete.push_back(previous.back());
    previous.pop_back();
  }
  previous.insert(previous.begin(), state.metadata_path);
  WriteMetadata(identity.unique, previous, files, plan);
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
  std::string_view text = bytes;
  if (TakeHead(text).snapshot_id != snapshot_id) {
    return Error(ErrorKind::kInternal, "the catalog's snapshot is not that of " + path);
  }
  std::set<std::string> files;
  while (!text.empty()) {
    std::string file(TakeUntil(text, '\n'));
    const auto [added, is_new] = files.insert(std::move(file));
    if (!is_new) return Error(ErrorKind::kInternal, "metadata lists a file twice: " + *added);
  }
  return files;
}

}  // namespace weir::simulation
