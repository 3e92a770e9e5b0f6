// SPDX-License-Identifier: Apache-2.0
#include "commit/table_heads.h"

#include <fmt/format.h>

#include "base/ids.h"
#include "base/log.h"
#include "base/version.h"
#include "signal/published_table.h"
#include "table/delta/log_entry.h"
#include "table/iceberg/plan_commit.h"
#include "table/iceberg/read_table.h"

namespace weir::commit {
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
  Result<TableHead> head = entry.ok() ? Read(*entry, formats_.definition_of(key.table))
                                      : Create(name, formats_.definition_of(key.table));
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
  return TableHead{entry, std::move(definition), std::move(state)};
}

Result<TableHead> TableHeads::Create(const catalog::TableName& name,
                                     table::TableDefinition definition) {
  const std::string root = fmt::format("tables/{}/{}", name.schema, name.name);
  const std::string uuid = NewUuid();
  const int64_t now = clock_.UnixMillis();
  auto state = TRY(table::iceberg::NewTable(
      definition, {.location = {store_.Uri(root), root}, .uuid = uuid, .timestamp_ms = now}));
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
