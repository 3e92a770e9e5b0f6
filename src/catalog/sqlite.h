// SPDX-License-Identifier: Apache-2.0
#pragma once
// SQLite behind values and Result: the only file of the project that knows its C interface.

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace weir::catalog::sqlite {

/// Exact bytes, stored as a BLOB.
struct Bytes {
  std::string_view bytes;
};

/// What a `?` of a statement stands for. Texts and bytes are borrowed for the call.
using Value = std::variant<int64_t, std::string_view, Bytes>;
using Values = std::initializer_list<Value>;

/// The current row of a query, valid inside the callback only.
class Row {
 public:
  explicit Row(sqlite3_stmt* statement) : statement_(statement) {}
  int64_t Int(int column) const;
  std::string Text(int column) const;  // Of a BLOB, its bytes.

 private:
  sqlite3_stmt* statement_;
};

/// One connection, its statements prepared once and kept. One thread at a time.
/// Synchronous FULL: a transaction whose Commit() is ok is on disk.
/// Errors of all verbs: kConflict on a broken constraint, kRetryLater when the disk is full or
/// failing or another process holds the lock, kBadRequest when the file is not a database, else
/// kInternal.
class Database {
 public:
  /// Makes the file when missing; writes nothing into it.
  static Result<Database> Open(const std::string& path);
  /// Lets readers go on beside the writer. The file stays that way.
  Status UseWriteAheadLog();

  /// Runs statements without results or parameters, one after the other.
  Status Run(const std::string& script);
  /// Runs one statement; returns how many rows it changed.
  Result<int64_t> Execute(std::string_view sql, Values values = {});
  /// Calls `on_row` for every row of the answer.
  Status Query(std::string_view sql, Values values, const std::function<void(const Row&)>& on_row);

 private:
  friend class Transaction;
  struct Close {
    void operator()(sqlite3* connection) const;
  };
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  using StatementPtr = std::unique_ptr<sqlite3_stmt, Finalize>;

  explicit Database(sqlite3* connection) : connection_(connection) {}
  Result<sqlite3_stmt*> Prepare(std::string_view sql);
  Status Bind(sqlite3_stmt* statement, Values values);
  Status Failure(std::string_view tried, int code) const;

  std::unique_ptr<sqlite3, Close> connection_;
  std::map<std::string, StatementPtr, std::less<>> statements_;  // Finalized before the connection.
};

/// Holds the write lock from Begin to Commit; rolls back when dropped without Commit. One thread.
class Transaction {
 public:
  static Result<Transaction> Begin(Database& database);
  Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  /// Errors: kUnknownOutcome: what was written may or may not survive a restart.
  Status Commit() &&;

 private:
  explicit Transaction(Database& database) : database_(&database) {}

  Database* database_;  // Null once committed or moved from.
};

}  // namespace weir::catalog::sqlite
