// SPDX-License-Identifier: Apache-2.0
#include "catalog/forget_requests.h"

#include <fmt/format.h>

#include <utility>

#include "base/guarded.h"
#include "catalog/sqlite.h"

namespace weir::catalog {
namespace {

using sqlite::Database;
using sqlite::Row;
using sqlite::Transaction;

/// `where`: what follows FROM forget_requests.
Result<std::vector<ForgetRequest>> Find(Database& database, const std::string& where,
                                        sqlite::Values values) {
  std::vector<ForgetRequest> found;
  TRY(database.Query(
      "SELECT id, column_name, value, requested_ms, done_ms FROM forget_requests " + where, values,
      [&](const Row& row) {
        found.push_back({.id = row.Int(0),
                         .column = row.Text(1),
                         .value = row.Text(2),
                         .requested_ms = row.Int(3),
                         .done_ms = row.Int(4),
                         .tables = {}});
      }));
  for (ForgetRequest& request : found) {
    TRY(database.Query(
        "SELECT schema, name, rows, files, versions FROM forgotten_rows WHERE request = ?"
        " ORDER BY schema, name",
        {request.id}, [&](const Row& row) {
          request.tables.push_back({.table = {.schema = row.Text(0), .name = row.Text(1)},
                                    .rows = row.Int(2),
                                    .files = row.Int(3),
                                    .versions = row.Int(4)});
        }));
  }
  return found;
}

class SqliteForgetRequests final : public ForgetRequests {
 public:
  explicit SqliteForgetRequests(Database database) : database_(std::move(database)) {}

  Result<int64_t> Add(const std::string& column, const std::string& value,
                      int64_t requested_ms) override {
    auto database = database_.Lock();
    auto transaction = TRY(Transaction::Begin(*database));
    TRY(
        database->Execute("INSERT INTO forget_requests (column_name, value, requested_ms, done_ms)"
                          " SELECT ?1, ?2, ?3, 0 WHERE NOT EXISTS (SELECT 1 FROM forget_requests"
                          " WHERE column_name = ?1 AND value = ?2 AND done_ms = 0)",
                          {column, value, requested_ms}));
    int64_t id = 0;
    TRY(
        database->Query("SELECT id FROM forget_requests"
                        " WHERE column_name = ? AND value = ? AND done_ms = 0",
                        {column, value}, [&](const Row& row) { id = row.Int(0); }));
    TRY(std::move(transaction).Commit());
    return id;
  }

  Result<std::vector<ForgetRequest>> List(int64_t count_max) const override {
    return Find(*database_.Lock(), "ORDER BY id DESC LIMIT ?", {count_max});
  }

  Result<std::vector<ForgetRequest>> ListOpen() const override {
    return Find(*database_.Lock(), "WHERE done_ms = 0 ORDER BY id", {});
  }

  Result<ForgetRequest> Load(int64_t id) const override {
    auto found = TRY(Find(*database_.Lock(), "WHERE id = ?", {id}));
    if (!found.empty()) return std::move(found.front());
    return Error(ErrorKind::kNotFound, fmt::format("no request to forget has the number {}", id));
  }

  Status Note(int64_t id, const ForgottenRows& rows) override {
    TRY(database_.Lock()->Execute(
        "INSERT INTO forgotten_rows (request, schema, name, rows, files, versions)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET rows = rows + excluded.rows,"
        " files = files + excluded.files, versions = versions + excluded.versions",
        {id, rows.table.schema, rows.table.name, rows.rows, rows.files, rows.versions}));
    return Status::OK();
  }

  Status Finish(int64_t id, int64_t done_ms) override {
    auto database = database_.Lock();
    // Before it is called done, so that a crash in between does it again.
    TRY(database->Execute("UPDATE forget_requests SET value = '' WHERE id = ?", {id}));
    TRY(database->Run("VACUUM"));
    TRY(database->Query("PRAGMA wal_checkpoint(TRUNCATE)", {}, [](const Row&) {}));
    TRY(database->Execute("UPDATE forget_requests SET done_ms = ? WHERE id = ?", {done_ms, id}));
    return Status::OK();
  }

 private:
  mutable Guarded<Database> database_;
};

}  // namespace

Result<std::unique_ptr<ForgetRequests>> ForgetRequests::Open(const std::string& path) {
  auto database = TRY(Database::Open(path));
  return std::make_unique<SqliteForgetRequests>(std::move(database));
}

}  // namespace weir::catalog
