// SPDX-License-Identifier: Apache-2.0
#pragma once
// What one query is to the functions that DuckDB calls for it.

#include <atomic>
#include <cstdint>
#include <duckdb/main/client_context_state.hpp>
#include <duckdb/parser/parsed_expression.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/guarded.h"
#include "base/result.h"
#include "query/sql/engine.h"
#include "query/sql/lake_view.h"

namespace weir::query::sql {

/// A table as the text of a query names it.
struct NamedTable {
  catalog::TableName name;
  std::string unit;  // Of an AT clause: VERSION or TIMESTAMP; empty without one.
  duckdb::unique_ptr<duckdb::ParsedExpression> version;
};

/// Tables with an AT clause, by the names that stand for them in the statement.
using VersionedTables = std::map<std::string, NamedTable>;

/// Any thread: DuckDB's threads scan for one query together. Lives as long as its connection.
class Session final : public duckdb::ClientContextState {
 public:
  /// `tail_files` outlives it.
  Session(std::string catalog_name, std::shared_ptr<LakeView> view, TailFiles& tail_files,
          VersionedTables versions)
      : catalog_name_(std::move(catalog_name)),
        view_(std::move(view)),
        tail_files_(tail_files),
        versions_(std::move(versions)) {}

  /// The session of the query that runs on `context`; null where it is not a user's.
  static Session* Of(duckdb::ClientContext& context);
  void BindTo(duckdb::ClientContext& context, duckdb::shared_ptr<Session> self);

  const std::string& catalog_name() const { return catalog_name_; }
  LakeView& view() const { return *view_; }

  /// Keeps the first failure, with its kind, and raises it.
  [[noreturn]] void Fail(const Status& failure);
  std::optional<Status> failure() { return *failure_.Lock(); }

  /// Null where the name stands for no table with an AT clause.
  const NamedTable* FindVersioned(const std::string& name) const;

  /// A scan of a table begins; returns its number.
  size_t AddScan(const TableAt& table);
  /// What is left of it to be read.
  void NarrowScan(size_t scan, int64_t files, int64_t bytes);
  /// The scan needs these columns, and others that were told before.
  void AddColumns(size_t scan, const FieldIds& columns);

  /// Files of the store that the query may open, and their sizes.
  void Allow(const std::string& path, int64_t bytes) {
    (*allowed_.Lock())[path] = {.bytes = bytes};
  }
  /// Rows of the tail that the query may open as a file, of the columns that the scan needs then.
  void Allow(const std::string& path, size_t scan, std::shared_ptr<const TailFile> tail);
  /// A file as it is opened.
  struct Opened {
    int64_t bytes = 0;
    TailFiles::Bytes content;  // Null: it is in the store.
  };
  /// Nothing where the query may not open it. Errors: of encoding.
  Result<std::optional<Opened>> Open(const std::string& path);
  void CountRead(int64_t bytes) { read_bytes_ += bytes; }
  Scanned scanned();

 private:
  struct Allowed {
    int64_t bytes = 0;
    size_t scan = 0;
    std::shared_ptr<const TailFile> tail;  // Null: of the store.
  };

  const std::string catalog_name_;
  const std::shared_ptr<LakeView> view_;
  TailFiles& tail_files_;
  const VersionedTables versions_;
  Guarded<std::optional<Status>> failure_;
  Guarded<std::vector<ScannedTable>> scans_;
  Guarded<std::map<size_t, FieldIds>> columns_;  // By scan.
  Guarded<std::map<std::string, Allowed>> allowed_;
  std::atomic<int64_t> read_bytes_ = 0;
};

}  // namespace weir::query::sql
