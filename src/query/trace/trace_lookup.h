// SPDX-License-Identifier: Apache-2.0
#pragma once
// All spans of one trace, found by its id.

#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "catalog/catalog.h"
#include "datafile/lookup/file_head.h"
#include "query/trace/head_cache.h"
#include "query/trace/table_views.h"
#include "signal/export_request.h"
#include "signal/tail.h"
#include "store/store.h"

namespace weir::query {

/// More spans of one trace than this are not looked for.
inline constexpr int64_t kTraceSpansMax = 1'000'000;
/// Spans of one answer, and their text, at most; about a page more of it may be in memory.
inline constexpr int64_t kAnswerSpansMax = 100'000;
inline constexpr int64_t kAnswerBytesMax = 64 << 20;

struct TraceQuery {
  signal::TableSet tables;
  std::string trace_id;  // 32 hex digits, of either case.
  /// Only spans that start within, ns since the epoch: fewer files are looked at.
  int64_t since_unix_nano = std::numeric_limits<int64_t>::min();
  int64_t until_unix_nano = std::numeric_limits<int64_t>::max();
  std::vector<std::string> columns;  // Of otel_spans; empty: all.
  bool as_arrays = false;            // Spans are arrays of the values of `columns`, which has some.
  int64_t first = 0;                 // Of the spans in the order of their start.
  int64_t spans_max = kAnswerSpansMax;
};

struct Trace {
  std::string trace_id;  // In lower case.
  int64_t snapshot_id = 0;
  int64_t span_count = 0;  // Of all that were found.
  bool is_cut = false;     // There are more than were looked for.
  std::vector<std::string>
      spans;  // JSON objects or arrays, from `first` on, in the order of their start.
  std::optional<int64_t> next;  // The span after the last of these, where there is one.
  datafile::ReadCounters index, data;
  int64_t tail_spans = 0;  // Of those found: acknowledged, and in no table yet.
};

/// The files that have spans of some traces.
struct TraceFiles {
  int64_t snapshot_id = 0;      // Of otel_spans.
  std::set<std::string> paths;  // In the store.
};

/// Any thread. Waits for disks.
class TraceLookup {
 public:
  struct Options {
    const store::Store& store;
    const catalog::Catalog& catalog;
    signal::Tail* tail = nullptr;  // Null: only what is committed is found.
    // Index files are looked at in every lookup; the others only where a trace may be in them.
    int64_t index_heads_bytes_max = 64 << 20;
    int64_t data_heads_bytes_max = 64 << 20;
  };
  explicit TraceLookup(const Options& options)
      : store_(options.store),
        catalog_(options.catalog),
        tail_(options.tail),
        views_(options.store, options.catalog),
        index_heads_(options.index_heads_bytes_max),
        data_heads_(options.data_heads_bytes_max) {}

  /// Errors: kNotFound when there is no such trace, or no table; kBadRequest when the id is none or
  /// a column is unknown; kInternal when a file can't be read; the store's.
  Result<Trace> Find(const TraceQuery& query);
  /// Of the table as it is now. Errors: as Find's, but that a trace may have none; kRetryLater
  /// where a trace has more than kTraceSpansMax spans.
  Result<TraceFiles> FilesOf(const signal::TableSet& tables,
                             const std::vector<std::string>& trace_ids);

 private:
  struct Place;
  struct Search;
  Result<Trace> FindOnce(const TraceQuery& query);
  Status OpenViews(Search& search);
  Status ReadIndex(Search& search, Trace& trace);
  Status FindSpans(Search& search, Trace& trace);
  Status FindInTail(Search& search, Trace& trace);
  Status FindInFile(const LiveFile& file, Search& search, Trace& trace);
  Status ReadSpans(Search& search, Trace& trace);
  Status ReadPage(Search& search, size_t begin, size_t end, Trace& trace);

  const store::Store& store_;
  const catalog::Catalog& catalog_;
  signal::Tail* const tail_;
  TableViews views_;
  HeadCache index_heads_, data_heads_;
};

}  // namespace weir::query
