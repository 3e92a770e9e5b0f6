// SPDX-License-Identifier: Apache-2.0
#include "catalog/catalog.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/fault_point.h"
#include "base/guarded.h"
#include "catalog/migrations.h"
#include "catalog/sqlite.h"

namespace weir::catalog {
namespace {

using sqlite::Bytes;
using sqlite::Database;
using sqlite::Row;
using sqlite::Transaction;

constexpr size_t kNameSizeMax = 200;

TableEntry EntryOf(const Row& row) {
  return {.name = {.schema = row.Text(0), .name = row.Text(1)},
          .uuid = row.Text(2),
          .location = row.Text(3),
          .metadata_location = row.Text(4),
          .snapshot_id = row.Int(5),
          .delta_version = row.Int(6)};
}

Result<std::optional<TableEntry>> Find(Database& database, const TableName& name) {
  std::optional<TableEntry> entry;
  TRY(database.Query(
      "SELECT schema, name, uuid, location, metadata_location, snapshot_id, delta_version"
      " FROM tables WHERE schema = ? AND name = ?",
      {name.schema, name.name}, [&](const Row& row) { entry = EntryOf(row); }));
  return entry;
}

Status CheckMove(const TableMove& move) {
  const TableEntry& next = move.next;
  if (!IsValidName(next.name.schema) || !IsValidName(next.name.name)) {
    return Error(ErrorKind::kBadRequest,
                 fmt::format("commit to {}: names are lower-case letters, digits and underscores",
                             next.name.ToString()));
  }
  if (next.metadata_location.empty()) {
    return Error(ErrorKind::kBadRequest,
                 fmt::format("commit to {}: no metadata location", next.name.ToString()));
  }
  return Status::OK();
}

Status CreateTable(Database& database, const TableEntry& next) {
  TRY(database.Execute("INSERT INTO schemas (name) VALUES (?) ON CONFLICT DO NOTHING",
                       {next.name.schema}));
  const int64_t created = TRY(database.Execute(
      "INSERT INTO tables"
      " (schema, name, uuid, location, metadata_location, snapshot_id, delta_version)"
      " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
      {next.name.schema, next.name.name, next.uuid, next.location, next.metadata_location,
       next.snapshot_id, next.delta_version}));
  if (created == 1) return Status::OK();
  const auto existing = TRY(Find(database, next.name));
  return Error(ErrorKind::kConflict,
               fmt::format("create {}: {}", next.name.ToString(),
                           existing ? "it exists already"
                                    : "its uuid or location belongs to another table"));
}

Status MoveTable(Database& database, const TableMove& move) {
  const TableEntry& next = move.next;
  const int64_t moved = TRY(database.Execute(
      "UPDATE tables SET metadata_location = ?, snapshot_id = ?, delta_version = ?"
      " WHERE schema = ? AND name = ? AND metadata_location = ? AND uuid = ? AND location = ?"
      " AND delta_version <= ?",
      {next.metadata_location, next.snapshot_id, next.delta_version, next.name.schema,
       next.name.name, move.expected_metadata_location, next.uuid, next.location,
       next.delta_version}));
  if (moved == 1) return Status::OK();
  const auto found = TRY(Find(database, next.name));
  if (!found) {
    return Error(ErrorKind::kConflict,
                 fmt::format("commit to {}: the table does not exist", next.name.ToString()));
  }
  return Error(ErrorKind::kConflict,
               fmt::format("commit to {}: expected {} of table {}, found {} of table {}"
                           " at Delta version {}",
                           next.name.ToString(), move.expected_metadata_location, next.uuid,
                           found->metadata_location, found->uuid, found->delta_version));
}

Status Apply(Database& database, const TableMove& move) {
  TRY(CheckMove(move));
  TRY(move.expected_metadata_location.empty() ? CreateTable(database, move.next)
                                              : MoveTable(database, move));
  const TableEntry& next = move.next;
  for (const RetiredFile& file : move.retired) {
    TRY(
        database.Execute("INSERT INTO retired_files"
                         " (schema, name, path, added_version, removed_version, retired_ms)"
                         " VALUES (?, ?, ?, ?, ?, ?)",
                         {next.name.schema, next.name.name, file.path, file.added_version,
                          file.removed_version, file.retired_ms}));
  }
  if (move.delta_entry.empty()) return Status::OK();
  TRY(database.Execute(
      "INSERT INTO delta_pending (schema, name, version, entry) VALUES (?, ?, ?, ?)",
      {next.name.schema, next.name.name, next.delta_version, Bytes{move.delta_entry}}));
  return Status::OK();
}

Status Apply(Database& database, const WriterProgress& progress) {
  if (progress.sequence > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
    return Error(ErrorKind::kBadRequest, fmt::format("writer {}: sequence {} is out of range",
                                                     progress.writer, progress.sequence));
  }
  const auto sequence = static_cast<int64_t>(progress.sequence);
  const int64_t moved =
      TRY(database.Execute("UPDATE writers SET sequence = ? WHERE id = ? AND sequence <= ?",
                           {sequence, int64_t{progress.writer}, sequence}));
  if (moved == 1) return Status::OK();
  return Error(ErrorKind::kConflict,
               fmt::format("writer {}: progress to {} goes backwards, or there is no such writer",
                           progress.writer, progress.sequence));
}

/// Writes go through one connection and reads through another, so that no reader waits for an
/// fsync.
class SqliteCatalog final : public Catalog {
 public:
  SqliteCatalog(Database writer, Database reader)
      : writer_(std::move(writer)), reader_(std::move(reader)) {}

  Result<std::vector<std::string>> ListSchemas() const override {
    std::vector<std::string> schemas;
    TRY(reader_.Lock()->Query("SELECT name FROM schemas ORDER BY name", {},
                              [&](const Row& row) { schemas.push_back(row.Text(0)); }));
    return schemas;
  }

  Result<std::vector<TableEntry>> ListTables(const std::string& schema) const override {
    std::vector<TableEntry> tables;
    TRY(reader_.Lock()->Query(
        "SELECT schema, name, uuid, location, metadata_location, snapshot_id, delta_version"
        " FROM tables WHERE schema = ? ORDER BY name",
        {schema}, [&](const Row& row) { tables.push_back(EntryOf(row)); }));
    return tables;
  }

  Result<TableEntry> Load(const TableName& name) const override {
    auto entry = TRY(Find(*reader_.Lock(), name));
    if (entry) return *std::move(entry);
    const auto schemas = TRY(ListSchemas());
    const bool has_schema = std::ranges::find(schemas, name.schema) != schemas.end();
    return Error(ErrorKind::kNotFound, has_schema ? fmt::format("no table {}", name.ToString())
                                                  : fmt::format("no schema {}", name.schema));
  }

  Status Commit(const std::vector<TableMove>& moves,
                const std::vector<WriterProgress>& progress) override {
    auto database = writer_.Lock();
    auto transaction = TRY(Transaction::Begin(*database));
    for (const TableMove& move : moves) TRY(Apply(*database, move));
    for (const WriterProgress& step : progress) TRY(Apply(*database, step));
    TRY(fault::MayFail("catalog.commit.before"));
    TRY(std::move(transaction).Commit());
    return fault::MayFail("catalog.commit.after", ErrorKind::kUnknownOutcome);
  }

  Result<uint32_t> WriterId(const std::string& name) override {
    auto database = writer_.Lock();
    TRY(
        database->Execute("INSERT INTO writers (name) SELECT ?1 WHERE NOT EXISTS"
                          " (SELECT 1 FROM writers WHERE name = ?1)",
                          {name}));
    int64_t id = 0;
    TRY(database->Query("SELECT id FROM writers WHERE name = ?", {name},
                        [&](const Row& row) { id = row.Int(0); }));
    return static_cast<uint32_t>(id);
  }

  Result<uint64_t> CommittedSequence(uint32_t writer) const override {
    int64_t sequence = 0;
    TRY(reader_.Lock()->Query("SELECT sequence FROM writers WHERE id = ?", {int64_t{writer}},
                              [&](const Row& row) { sequence = row.Int(0); }));
    return static_cast<uint64_t>(sequence);
  }

  Result<std::vector<PendingDelta>> ListPendingDelta() const override {
    std::vector<PendingDelta> pending;
    TRY(reader_.Lock()->Query(
        "SELECT schema, name, version, entry FROM delta_pending ORDER BY schema, name, version", {},
        [&](const Row& row) {
          pending.push_back({.name = {.schema = row.Text(0), .name = row.Text(1)},
                             .version = row.Int(2),
                             .entry = row.Text(3)});
        }));
    return pending;
  }

  Status MarkDeltaPublished(const TableName& name, int64_t version) override {
    TRY(writer_.Lock()->Execute(
        "DELETE FROM delta_pending WHERE schema = ? AND name = ? AND version = ?",
        {name.schema, name.name, version}));
    return Status::OK();
  }

  Result<std::vector<RetiredFile>> ListRetired(const TableName& name,
                                               int64_t before_ms) const override {
    std::vector<RetiredFile> retired;
    TRY(reader_.Lock()->Query(
        "SELECT path, added_version, removed_version, retired_ms FROM retired_files"
        " WHERE schema = ? AND name = ? AND retired_ms < ? ORDER BY retired_ms, path",
        {name.schema, name.name, before_ms}, [&](const Row& row) {
          retired.push_back({row.Text(0), row.Int(1), row.Int(2), row.Int(3)});
        }));
    return retired;
  }

  Status ForgetRetired(const TableName& name, const std::vector<std::string>& paths) override {
    auto database = writer_.Lock();
    auto transaction = TRY(Transaction::Begin(*database));
    for (const std::string& path : paths) {
      TRY(database->Execute("DELETE FROM retired_files WHERE schema = ? AND name = ? AND path = ?",
                            {name.schema, name.name, path}));
    }
    return std::move(transaction).Commit();
  }

 private:
  mutable Guarded<Database> writer_;
  mutable Guarded<Database> reader_;
};

Result<std::unique_ptr<Catalog>> OpenSqlite(const std::string& path) {
  auto writer = TRY(Database::Open(path));
  TRY(Migrate(writer));
  auto reader = TRY(Database::Open(path));
  TRY(reader.Run("PRAGMA query_only = ON"));
  return std::make_unique<SqliteCatalog>(std::move(writer), std::move(reader));
}

}  // namespace

bool IsValidName(std::string_view name) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto is_allowed = [&](char c) { return (c >= 'a' && c <= 'z') || is_digit(c) || c == '_'; };
  return !name.empty() && name.size() <= kNameSizeMax && !is_digit(name.front()) &&
         std::ranges::all_of(name, is_allowed);
}

Result<std::unique_ptr<Catalog>> Catalog::Open(const std::string& path) {
  auto catalog = OpenSqlite(path);
  if (catalog.ok()) return catalog;
  return Error(KindOf(catalog.status()),
               fmt::format("open catalog {}: {}", path, catalog.status().message()));
}

}  // namespace weir::catalog
