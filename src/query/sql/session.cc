// SPDX-License-Identifier: Apache-2.0
#include "query/sql/session.h"

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

size_t Session::AddScan(const TableAt& table, int64_t files, int64_t bytes) {
  auto scans = scans_.Lock();
  scans->push_back({.table = table.name.ToString(),
                    .snapshot_id = table.snapshot_id,
                    .files = files,
                    .bytes = bytes,
                    .files_all = files,
                    .bytes_all = bytes});
  return scans->size() - 1;
}

void Session::NarrowScan(size_t scan, int64_t files, int64_t bytes) {
  auto scans = scans_.Lock();
  (*scans)[scan].files = files;
  (*scans)[scan].bytes = bytes;
}

std::optional<int64_t> Session::SizeOf(const std::string& path) {
  auto allowed = allowed_.Lock();
  const auto found = allowed->find(path);
  if (found == allowed->end()) return std::nullopt;
  return found->second;
}

Scanned Session::scanned() { return {.tables = *scans_.Lock(), .read_bytes = read_bytes_}; }

}  // namespace weir::query::sql
