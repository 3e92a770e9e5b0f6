// SPDX-License-Identifier: Apache-2.0
#include "catalog/sqlite.h"

#include <fmt/format.h>
#include <sqlite3.h>

namespace weir::catalog::sqlite {
namespace {

// Longer than a checkpoint of a full WAL takes on a slow disk; only another process can make us
// wait.
constexpr int kBusyTimeoutMs = 5'000;

ErrorKind KindOfCode(int code) {
  switch (code & 0xff) {  // The low byte is the primary code.
    case SQLITE_CONSTRAINT: return ErrorKind::kConflict;
    case SQLITE_NOTADB: return ErrorKind::kBadRequest;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_NOMEM: return ErrorKind::kRetryLater;
    default: return ErrorKind::kInternal;
  }
}

/// Makes a kept statement ready for its next use, whichever way this one ends.
struct ResetAtExit {
  sqlite3_stmt* statement;
  ~ResetAtExit() {
    sqlite3_reset(statement);  // Repeats the code that Step already reported.
    sqlite3_clear_bindings(statement);
  }
};

int BindOne(sqlite3_stmt* statement, int index, const Value& value) {
  if (const auto* number = std::get_if<int64_t>(&value)) {
    return sqlite3_bind_int64(statement, index, *number);
  }
  if (const auto* text = std::get_if<std::string_view>(&value)) {
    // A null pointer would bind NULL, and an empty view may hold one.
    return sqlite3_bind_text64(statement, index, text->empty() ? "" : text->data(), text->size(),
                               SQLITE_STATIC, SQLITE_UTF8);
  }
  std::string_view bytes = std::get<Bytes>(value).bytes;
  return sqlite3_bind_blob64(statement, index, bytes.empty() ? "" : bytes.data(), bytes.size(),
                             SQLITE_STATIC);
}

}  // namespace

int64_t Row::Int(int column) const { return sqlite3_column_int64(statement_, column); }

std::string Row::Text(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  // The length is asked after the pointer: the order SQLite demands.
  const auto size = static_cast<size_t>(sqlite3_column_bytes(statement_, column));
  return size == 0 ? std::string() : std::string(bytes, size);
}

void Database::Close::operator()(sqlite3* connection) const { sqlite3_close(connection); }
void Database::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

Status Database::Failure(std::string_view tried, int code) const {
  return Error(KindOfCode(code), fmt::format("{}: {}", tried, sqlite3_errmsg(connection_.get())));
}

Result<Database> Database::Open(const std::string& path) {
  sqlite3* raw = nullptr;
  int code =
      sqlite3_open_v2(path.c_str(), &raw,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  Database database(raw);  // Owned also where opening failed: SQLite wants it closed.
  if (code != SQLITE_OK) return database.Failure("open database " + path, code);
  sqlite3_extended_result_codes(raw, 1);
  sqlite3_busy_timeout(raw, kBusyTimeoutMs);
  TRY(database.Run(
      "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF"));
  return database;
}

Status Database::UseWriteAheadLog() {
  std::string journal_mode;
  TRY(Query("PRAGMA journal_mode = WAL", {}, [&](const Row& row) { journal_mode = row.Text(0); }));
  if (journal_mode != "wal") {
    return Error(
        ErrorKind::kBadRequest,
        fmt::format("database can't use a write-ahead log here: journal mode is {}", journal_mode));
  }
  return Status::OK();
}

Status Database::Run(const std::string& script) {
  int code = sqlite3_exec(connection_.get(), script.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return Failure("run " + script.substr(0, 60), code);
  return Status::OK();
}

Result<sqlite3_stmt*> Database::Prepare(std::string_view sql) {
  if (auto found = statements_.find(sql); found != statements_.end()) return found->second.get();
  sqlite3_stmt* raw = nullptr;
  int code = sqlite3_prepare_v3(connection_.get(), sql.data(), static_cast<int>(sql.size()),
                                SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
  if (code != SQLITE_OK) return Failure(fmt::format("prepare {}", sql), code);
  return statements_.emplace(sql, StatementPtr(raw)).first->second.get();
}

Status Database::Bind(sqlite3_stmt* statement, Values values) {
  int index = 0;
  for (const Value& value : values) {
    int code = BindOne(statement, ++index, value);
    if (code != SQLITE_OK) return Failure("bind a value", code);
  }
  return Status::OK();
}

Status Database::Query(std::string_view sql, Values values,
                       const std::function<void(const Row&)>& on_row) {
  sqlite3_stmt* statement = TRY(Prepare(sql));
  ResetAtExit reset{statement};
  TRY(Bind(statement, values));
  int code = sqlite3_step(statement);
  for (; code == SQLITE_ROW; code = sqlite3_step(statement)) on_row(Row(statement));
  if (code != SQLITE_DONE) return Failure(sql, code);
  return Status::OK();
}

Result<int64_t> Database::Execute(std::string_view sql, Values values) {
  // The count of the statement before would be reported for one that is no INSERT, UPDATE or
  // DELETE.
  const int64_t changes_before = sqlite3_total_changes64(connection_.get());
  TRY(Query(sql, values, [](const Row&) {}));
  return sqlite3_total_changes64(connection_.get()) - changes_before;
}

Result<Transaction> Transaction::Begin(Database& database) {
  // IMMEDIATE takes the write lock at once, so that nothing later in the transaction can be refused
  // for it.
  TRY(database.Execute("BEGIN IMMEDIATE"));
  return Transaction(database);
}

Status Transaction::Commit() && {
  auto committed = database_->Execute("COMMIT");
  if (committed.ok()) {
    database_ = nullptr;
    return Status::OK();
  }
  return Error(ErrorKind::kUnknownOutcome, committed.status().message());
}

Transaction::~Transaction() {
  // Some failures have rolled back already; then there is nothing left to do.
  if (database_ == nullptr || sqlite3_get_autocommit(database_->connection_.get()) != 0) return;
  Ignore(database_->Execute("ROLLBACK").status(),
         "an open transaction is dropped with its connection");
}

}  // namespace weir::catalog::sqlite
