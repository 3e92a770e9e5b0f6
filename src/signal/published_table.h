// SPDX-License-Identifier: Apache-2.0
#pragma once
// The published tables: the only place where a column is defined.

#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "signal/export_request.h"
#include "signal/signal.h"

namespace weir::signal {

/// The published tables, in the order in which they were added.
enum class Table : uint8_t {
  kSpans = 0,
  kLogs = 1,
  kMetrics = 2,
  kDeadLetters = 3,
  kTraceIndex = 4,
};
inline constexpr int kTableCount = 5;

/// The table that a signal's records go to.
constexpr Table TableOf(Signal signal) { return static_cast<Table>(signal); }

/// A table as users and engines know it. Evolves only by nullable columns with new field ids.
struct PublishedTable {
  std::string name;  // After a prefix: `otel_spans`.
  /// Every field, nested ones included, carries its field id as metadata `PARQUET:field_id`.
  std::shared_ptr<arrow::Schema> schema;
  std::string partition_column;
  std::vector<std::string> sort_columns;   // Order inside a fresh file, ascending, nulls first.
  std::vector<std::string> bloom_columns;  // Get a bloom filter in compacted files.
  std::vector<std::string> compacted_sort_columns = sort_columns;  // Order inside a compacted file.
};

/// One row a span, a log record, a data point, a dead letter; of the trace index, one a trace, day
/// and commit. The same object for the whole program. Any thread.
const PublishedTable& Published(Table table);

/// A property of the trace index's Iceberg metadata: spans of later days than this one
/// (`2026-11-20`) are all in it. Without it all spans are.
inline constexpr const char* kCompleteAfterProperty = "weir.trace-index.complete-after";

/// The field id of a top-level column, which the table has.
int32_t FieldIdOf(const PublishedTable& table, const std::string& column);

/// `<prefix>otel_spans` and its siblings.
std::string TableName(const TableSet& tables, Table table);

}  // namespace weir::signal
