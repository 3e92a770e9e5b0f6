// SPDX-License-Identifier: Apache-2.0
#include "commit/table_heads.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/dates.h"
#include "base/ids.h"
#include "base/log.h"
#include "base/version.h"
#include "signal/published_table.h"
#include "table/delta/log_entry.h"
#include "table/iceberg/alter.h"
#include "table/iceberg/file_layout.h"
#include "table/iceberg/plan_commit.h"
#include "table/iceberg/read_table.h"

namespace weir::commit {
namespace {

constexpr int32_t kLastDay = 2'932'896;  // 9999-12-31, where a manifest does not tell.

}  // namespace

catalog::TableName NameOf(const buffer::TableKey& key) {
  return {key.tables.schema, signal::TableName(key.tables, key.table)};
}

std::string EngineVersion() { return std::string(kVersion); }

Result<TableHead*> TableHeads::Open(const buffer::TableKey& key) {
  const auto known = heads_.find(key);
  if (known != heads_.end()) return &known->second;
  const catalog::TableName name = NameOf(key);
  const Result<catalog::TableEntry> entry = catalog_.Load(name);
  if (!entry.ok() && KindOf(entry.status()) != ErrorKind::kNotFound) return entry.status();
  Result<TableHead> head =
      entry.ok() ? Read(*entry, formats_.definition_of(key.table)) : Create(key);
  if (!head.ok()) return head.status();
  return &heads_.emplace(key, *std::move(head)).first->second;
}

Result<TableHead> TableHeads::Read(const catalog::TableEntry& entry,
                                   table::TableDefinition definition) const {
  const std::string root = store_.Uri("");
  if (!entry.metadata_location.starts_with(root)) {
    return Error(ErrorKind::kInternal,
                 fmt::format("table {}: metadata {} is outside {}", entry.name.ToString(),
                             entry.metadata_location, root));
  }
  auto state = TRY(formats_.read_table(store_, entry.metadata_location.substr(root.size())));
  // Of tables that are older than the layout.
  TRY(table::iceberg::DeclareLayout(definition, state.metadata));
  definition = TRY(table::iceberg::DefinitionNow(std::move(definition), state.metadata));
  return TableHead{entry, std::move(definition), std::move(state)};
}

/// The last day of which there are spans; nothing where there are none.
Result<std::optional<int32_t>> TableHeads::NewestDayOfSpans(const signal::TableSet& tables) {
  const buffer::TableKey spans{tables, signal::Table::kSpans};
  std::optional<int32_t> newest;
  const Result<catalog::TableEntry> entry = catalog_.Load(NameOf(spans));
  if (!entry.ok() && KindOf(entry.status()) == ErrorKind::kNotFound) return newest;
  const TableHead* head = TRY(Open(spans));
  for (const table::iceberg::ManifestFile& manifest : head->state.manifests) {
    newest = std::max(newest.value_or(0), manifest.date_max.value_or(kLastDay));
  }
  return newest;
}

Result<TableHead> TableHeads::Create(const buffer::TableKey& key) {
  const catalog::TableName name = NameOf(key);
  table::TableDefinition definition = formats_.definition_of(key.table);
  const std::string root = fmt::format("tables/{}/{}", name.schema, name.name);
  const std::string uuid = NewUuid();
  const int64_t now = clock_.UnixMillis();
  auto state = TRY(table::iceberg::NewTable(
      definition, {.location = {store_.Uri(root), root}, .uuid = uuid, .timestamp_ms = now}));
  if (key.table == signal::Table::kTraceIndex) {
    // Committed with the table, before the first rows of it: spans of later days are all in it.
    const std::optional<int32_t> day = TRY(NewestDayOfSpans(key.tables));
    if (day) state.metadata.properties[signal::kCompleteAfterProperty] = DateText(*day);
  }
  auto planned = formats_.plan_create(state, NewUuid());
  for (const table::NewObject& object : planned.objects) {
    TRY(store_.PutIfAbsent(object.path, object.bytes));
  }
  TableHead head{.entry = {.name = name,
                           .uuid = uuid,
                           .location = store_.Uri(root),
                           .metadata_location = store_.Uri(planned.metadata_path)},
                 .definition = std::move(definition),
                 .state = std::move(planned.next)};
  catalog::TableMove move{.next = head.entry};
  move.delta_entry = TRY(table::delta::FirstEntryBytes(
      head.definition,
      {.table_uuid = uuid, .timestamp_ms = now, .engine_version = EngineVersion()}));
  TRY(catalog_.Commit({move}, {}));
  log::Info("created table", {{"table", name.ToString()}, {"location", head.entry.location}});
  return head;
}

}  // namespace weir::commit
