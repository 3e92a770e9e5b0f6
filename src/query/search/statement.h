// SPDX-License-Identifier: Apache-2.0
#pragma once
// The statements that a search becomes: as they are run, and as users are shown them.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "query/search/field.h"
#include "signal/export_request.h"

namespace weir::query::search {

/// Microseconds since the epoch; `to` is not within.
struct TimeWindow {
  int64_t from_us = 0, to_us = 0;
};

/// What all statements of one search share.
struct Scope {
  Subject subject = Subject::kSpans;
  signal::TableSet tables;
  std::string table;  // As SQL names it.
  TimeWindow window;
  std::string condition;  // Of single rows, from the query.
  std::string trace_id;   // Where all matches are of one.

  /// Rows of the window that the query matches; all rows of it. `indent` begins every further line.
  std::string FromWhere(std::string_view indent = "") const;
  std::string FromWhereWithoutQuery(std::string_view indent = "") const;
};

/// Reads `query`. Errors: kBadRequest with the place, as problem.h has it.
Result<Scope> ScopeOf(Subject subject, const signal::TableSet& tables, std::string_view query,
                      const TimeWindow& window);

enum class Order : uint8_t {
  kNewest,
  kSlowest,  // Spans and traces.
  kErrors,   // Failed ones first, then the others, each newest first; not metrics.
};

/// Errors: kBadRequest where the subject has no such order.
Result<Order> OrderOf(Subject subject, std::string_view name);

/// What lists show of a row: no maps of spans. The last column is record_id.
std::string_view ListColumns(Subject subject);

/// One row a span, log record, data point, or trace; at most `limit`. A trace is one that has a
/// matching span; its newest, slowest or first failing one says where it stands, and all of its
/// spans within the window count.
std::string SearchSql(const Scope& scope, Order order, int64_t limit);

// So is one for rows: first which they are, without their wide columns, then what is in them.

/// Whether lists show texts and maps, for which it pays to find the rows without them first.
bool HasWideColumns(Subject subject);
/// Rows of record_id and time in microseconds since the epoch: the first `limit` rows.
std::string FirstRowsSql(const Scope& scope, Order order, int64_t limit);
/// As SearchSql, of rows that are known and in the window.
std::string RowsSql(const Scope& scope, Order order, const std::vector<std::string>& record_ids);

/// One row: the first start and the last end of the trace that all matches are of, in microseconds
/// since the epoch, as the trace index has them; nulls where it does not.
std::string TraceTimesSql(const Scope& scope);

// A search for traces is run in steps, which together give what SearchSql does: first the traces,
// from few spans where that is enough; then when they were; then the sums over their spans.

/// Rows of one column: the traces of the first `spans_max` matching spans in that order.
std::string FirstSpansSql(const Scope& scope, Order order, int64_t spans_max);
/// Rows of one column: the first `limit` traces.
std::string MatchingTracesSql(const Scope& scope, Order order, int64_t limit);
/// One row: the first start of those of the traces' spans that are in the window, in microseconds
/// since the epoch and perhaps earlier, and how many of the traces the trace index has. `trace_ids`
/// is not empty.
std::string FirstStartSql(const Scope& scope, const std::vector<std::string>& trace_ids);
/// As SearchSql, of traces that are known.
std::string SummarySql(const Scope& scope, Order order, const std::vector<std::string>& trace_ids);

/// Rows `bucket`, `count`, `errors`: of rows (for traces: spans) from bucket * width_us to the
/// next.
std::string HistogramSql(const Scope& scope, int64_t width_us);

/// Rows `key`, `value`, `count`: the most frequent values of what people filter by, `key` as
/// queries write it.
std::string FacetsSql(const Scope& scope, int64_t values_max);
/// The keys, in the order in which people look for them.
std::vector<std::string_view> FacetKeys(Subject subject);

}  // namespace weir::query::search
