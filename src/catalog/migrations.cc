// SPDX-License-Identifier: Apache-2.0
#include "catalog/migrations.h"

#include <fmt/format.h>

#include <array>

namespace weir::catalog {
namespace {

// "Weir": SQLite's application_id, which tells our files from other programs' databases.
constexpr int64_t kApplicationId = 0x57656972;

/// Step i leads from user_version i to i + 1. Released steps are never edited, only followed by new
/// ones.
constexpr std::array kSteps = {
    R"sql(
CREATE TABLE schemas (
  name TEXT NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TABLE tables (
  schema            TEXT NOT NULL REFERENCES schemas (name),
  name              TEXT NOT NULL,
  uuid              TEXT NOT NULL UNIQUE,
  location          TEXT NOT NULL UNIQUE,
  metadata_location TEXT NOT NULL,
  snapshot_id       INTEGER NOT NULL,
  delta_version     INTEGER NOT NULL,
  PRIMARY KEY (schema, name)
) STRICT, WITHOUT ROWID;

-- A writer's number goes into file names and progress, so it is never given twice.
CREATE TABLE writers (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  name     TEXT NOT NULL UNIQUE,
  sequence INTEGER NOT NULL DEFAULT 0 CHECK (sequence >= 0)
) STRICT;

CREATE TABLE delta_pending (
  schema  TEXT NOT NULL,
  name    TEXT NOT NULL,
  version INTEGER NOT NULL CHECK (version >= 0),
  entry   BLOB NOT NULL,
  PRIMARY KEY (schema, name, version),
  FOREIGN KEY (schema, name) REFERENCES tables (schema, name)
) STRICT;
)sql",
    R"sql(
-- Data files that no current version of their table has: what may be deleted, once no kept version
-- in [added_version, removed_version) is left.
CREATE TABLE retired_files (
  schema          TEXT NOT NULL,
  name            TEXT NOT NULL,
  path            TEXT NOT NULL,
  added_version   INTEGER NOT NULL,
  removed_version INTEGER NOT NULL,
  retired_ms      INTEGER NOT NULL,
  PRIMARY KEY (schema, name, path),
  FOREIGN KEY (schema, name) REFERENCES tables (schema, name)
) STRICT, WITHOUT ROWID;
)sql",
    R"sql(
-- What engines made through the REST catalog. A namespace's levels are joined by 0x1F, which no level holds.
CREATE TABLE external_namespaces (
  name       TEXT NOT NULL PRIMARY KEY,
  properties TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- One key for tables and views: they may not share a name.
CREATE TABLE external_objects (
  namespace         TEXT NOT NULL REFERENCES external_namespaces (name),
  name              TEXT NOT NULL,
  kind              TEXT NOT NULL CHECK (kind IN ('table', 'view')),
  uuid              TEXT NOT NULL,
  location          TEXT NOT NULL UNIQUE,
  metadata_location TEXT NOT NULL,
  PRIMARY KEY (namespace, name)
) STRICT, WITHOUT ROWID;

-- Locations of dropped tables whose owner wants the files gone. Nothing below them belongs to a table.
CREATE TABLE external_purges (
  location          TEXT NOT NULL PRIMARY KEY,
  metadata_location TEXT NOT NULL,
  dropped_ms        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Answers to requests with an Idempotency-Key, kept in the transaction that did what was asked.
CREATE TABLE external_answers (
  key        TEXT NOT NULL PRIMARY KEY,
  request    TEXT NOT NULL,
  status     INTEGER NOT NULL,
  body       BLOB NOT NULL,
  metadata_location TEXT NOT NULL,
  created_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX external_answers_created ON external_answers (created_ms);
)sql",
    R"sql(
-- Requests to forget rows by the value of a column; done_ms is 0 while it goes on, the value empty
-- once it is done.
CREATE TABLE forget_requests (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  column_name  TEXT NOT NULL,
  value        TEXT NOT NULL,
  requested_ms INTEGER NOT NULL,
  done_ms      INTEGER NOT NULL
) STRICT;

CREATE TABLE forgotten_rows (
  request  INTEGER NOT NULL REFERENCES forget_requests (id),
  schema   TEXT NOT NULL,
  name     TEXT NOT NULL,
  rows     INTEGER NOT NULL,
  files    INTEGER NOT NULL,
  versions INTEGER NOT NULL,
  PRIMARY KEY (request, schema, name)
) STRICT, WITHOUT ROWID;
)sql",
};

Result<int64_t> QueryInt(sqlite::Database& database, std::string_view sql) {
  int64_t value = 0;
  TRY(database.Query(sql, {}, [&](const sqlite::Row& row) { value = row.Int(0); }));
  return value;
}

Status CheckOwner(sqlite::Database& database) {
  const int64_t application_id = TRY(QueryInt(database, "PRAGMA application_id"));
  const int64_t objects = TRY(QueryInt(database, "SELECT count(*) FROM sqlite_schema"));
  if (application_id == kApplicationId || (application_id == 0 && objects == 0)) {
    return Status::OK();
  }
  return Error(ErrorKind::kBadRequest, "the file is a database of another program");
}

}  // namespace

Status Migrate(sqlite::Database& database) {
  TRY(CheckOwner(database));  // Before anything is written into what may be another program's file.
  TRY(database.UseWriteAheadLog());
  auto transaction = TRY(sqlite::Transaction::Begin(database));
  const int64_t version = TRY(QueryInt(database, "PRAGMA user_version"));
  const auto newest = static_cast<int64_t>(kSteps.size());
  if (version < 0 || version > newest) {
    return Error(ErrorKind::kBadRequest,
                 fmt::format("the catalog has schema version {}, this program knows up to {}: "
                             "use the newer program that wrote it",
                             version, newest));
  }
  for (int64_t step = version; step < newest; ++step) {
    TRY(database.Run(kSteps[static_cast<size_t>(step)]));
  }
  if (version < newest) {
    TRY(database.Run(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}",
                                 kApplicationId, newest)));
  }
  return std::move(transaction).Commit();
}

}  // namespace weir::catalog
