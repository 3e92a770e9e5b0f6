// SPDX-License-Identifier: Apache-2.0
#include "query/sql/session.h"

#include <arrow/buffer.h>

#include "query/sql/raise.h"

namespace weir::query::sql {
namespace {

constexpr const char* kStateName = "weir";

}  // namespace

Session* Session::Of(duckdb::ClientContext& context) {
  // The connection's registry owns it for as long as the context lives.
  const auto session = context.registered_state->Get<Session>(kStateName);
  return session ? session.get() : nullptr;
}

void Session::BindTo(duckdb::ClientContext& context, duckdb::shared_ptr<Session> self) {
  context.registered_state->Insert(kStateName, std::move(self));
}

void Session::Fail(const Status& failure) {
  {
    auto first = failure_.Lock();
    if (!*first) *first = failure;
  }
  Raise(failure);
}

const NamedTable* Session::FindVersioned(const std::string& name) const {
  const auto found = versions_.find(name);
  return found == versions_.end() ? nullptr : &found->second;
}

size_t Session::AddScan(const TableAt& table) {
  int64_t files = 0, bytes = 0, tail_rows = 0;
  for (const LiveFiles& manifest : table.files) {
    files += std::ssize(*manifest);
    for (const datafile::DataFile& file : *manifest) bytes += file.file_bytes;
  }
  for (const auto& tail : table.tail) tail_rows += tail->file.record_count;
  auto scans = scans_.Lock();
  scans->push_back({.table = table.name.ToString(),
                    .snapshot_id = table.snapshot_id,
                    .files = files,
                    .bytes = bytes,
                    .files_all = files,
                    .bytes_all = bytes,
                    .tail_rows = tail_rows});
  return scans->size() - 1;
}

void Session::NarrowScan(size_t scan, int64_t files, int64_t bytes) {
  auto scans = scans_.Lock();
  (*scans)[scan].files = files;
  (*scans)[scan].bytes = bytes;
}

void Session::AddColumns(size_t scan, const FieldIds& columns) {
  (*columns_.Lock())[scan].insert(columns.begin(), columns.end());
}

void Session::Allow(const std::string& path, size_t scan, std::shared_ptr<const TailFile> tail) {
  (*allowed_.Lock())[path] = {.scan = scan, .tail = std::move(tail)};
}

Result<std::optional<Session::Opened>> Session::Open(const std::string& path) {
  Allowed file;
  {
    auto allowed = allowed_.Lock();
    const auto found = allowed->find(path);
    if (found == allowed->end()) return std::nullopt;
    file = found->second;
  }
  if (file.tail == nullptr) return Opened{.bytes = file.bytes, .content = nullptr};
  const FieldIds columns = (*columns_.Lock())[file.scan];
  auto content = TRY(tail_files_.Encode(*file.tail, columns));
  return Opened{.bytes = content->size(), .content = std::move(content)};
}

Scanned Session::scanned() { return {.tables = *scans_.Lock(), .read_bytes = read_bytes_}; }

}  // namespace weir::query::sql
