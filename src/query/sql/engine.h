// SPDX-License-Identifier: Apache-2.0
#pragma once
// SQL over Weir's tables: one statement in, record batches out.

#include <arrow/type_fwd.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "catalog/catalog.h"
#include "signal/tail.h"
#include "store/store.h"

namespace weir::query::sql {

/// What queries may take. A query that needs more ends with a message, and no other is hurt.
struct Limits {
  int64_t memory_bytes = 512 << 20;  // Of all queries together.
  int64_t threads = 2;               // That work for one query together with its caller's.
  int64_t rows_max = 1'000'000;      // Of an answer; there are more: it is cut.
  std::chrono::milliseconds time_max{60'000};
};

/// Longer statements are refused.
inline constexpr size_t kStatementBytesMax = 256 << 10;

struct Request {
  std::string id;  // By which it is cancelled; made by the engine where it is empty.
  std::string text;
  int64_t rows_max = 0;                   // 0: as many as the limits allow.
  std::chrono::milliseconds time_max{0};  // Likewise.
};

/// One scan of a table: the files that filters left, of all there are at that snapshot.
struct ScannedTable {
  std::string table;
  int64_t snapshot_id = 0;
  int64_t files = 0, bytes = 0;
  int64_t files_all = 0, bytes_all = 0;
  int64_t tail_rows = 0;  // In memory: acknowledged, and not in that snapshot.
};

struct Scanned {
  std::vector<ScannedTable> tables;
  int64_t read_bytes = 0;  // Out of the store: single columns, and of a file what may have rows.
};

struct Outcome {
  std::string id;
  int64_t rows = 0;
  bool is_cut = false;  // There are more rows than the limit, or than the sink wanted.
  Scanned scanned;
};

struct ResultColumns {
  std::shared_ptr<arrow::Schema> schema;
  std::vector<std::string> types;  // As SQL names them: `TIMESTAMP WITH TIME ZONE`.
};

/// The SELECT that stands behind a view's name, over tables with their schemas; nothing for a name
/// that is no view's. For any thread.
using ViewText = std::function<std::optional<std::string>(const catalog::TableName& name)>;

/// Takes an answer as it comes. One thread.
class RowSink {
 public:
  virtual ~RowSink() = default;
  virtual Status Begin(const ResultColumns& columns) = 0;
  /// False: it wants no more rows.
  virtual Result<bool> Add(const std::shared_ptr<arrow::RecordBatch>& rows) = 0;
};

/// A query that runs.
struct RunningQuery {
  std::string id;
  std::string text;
  int64_t elapsed_ms = 0;
};

/// Any thread; Run waits for the query's end and works for it meanwhile.
class Engine {
 public:
  struct Options {
    const store::Store& store;
    const catalog::Catalog& catalog;
    std::string catalog_name = "weir";
    Limits limits;
    ViewText view_text = {};       // Names that are views; none where it is empty.
    signal::Tail* tail = nullptr;  // Outlives the engine. Null: only what is committed is seen.
  };
  /// Errors: kInternal where DuckDB can't be started.
  static Result<std::unique_ptr<Engine>> Open(const Options& options);
  virtual ~Engine() = default;

  /// All tables that the statement names are read as they were at one moment, with all that was
  /// acknowledged before. Errors: kBadRequest
  /// where the statement is wrong, not possible here, or needs more than the limits; kNotFound for
  /// a table or a version; kConflict when it was cancelled or the id is taken; kRetryLater where
  /// what it read was deleted meanwhile; the sink's.
  virtual Result<Outcome> Run(const Request& request, RowSink& sink) = 0;
  /// Errors: kNotFound when no such query runs.
  virtual Status Cancel(std::string_view id) = 0;
  virtual std::vector<RunningQuery> Running() = 0;
  /// Ends all queries, and every later one at once.
  virtual void Close() = 0;
};

}  // namespace weir::query::sql
