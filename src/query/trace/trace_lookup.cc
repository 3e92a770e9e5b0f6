// SPDX-License-Identifier: Apache-2.0
#include "query/trace/trace_lookup.h"

#include <arrow/type.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <map>
#include <utility>

#include "base/ids.h"
#include "datafile/lookup/find_rows.h"
#include "datafile/lookup/read_rows.h"
#include "query/tail/find_trace.h"
#include "query/tail/moment.h"
#include "query/tail/tail_files.h"
#include "query/tail/tail_store.h"
#include "query/trace/json_rows.h"
#include "query/trace/metrics.h"
#include "query/trace/time_windows.h"

namespace weir::query {
namespace {

constexpr size_t kTraceIdDigits = 32;
// Rows of these are in memory before they are in the answer.
constexpr int64_t kPageSpans = 4'096;
// Of rows of few columns; each page reads the pages of all files that have spans of its time again.
constexpr int64_t kPageArrays = 8 * kPageSpans;
// Replaced files are deleted after an hour; a lookup that met one is done again, on a new snapshot.
constexpr int kTriesMax = 2;

Result<std::string> LowerId(const std::string& trace_id) {
  char bytes[kTraceIdDigits / 2];
  if (trace_id.size() == kTraceIdDigits && HexDecode(trace_id, bytes)) {
    return HexEncode({bytes, sizeof bytes});
  }
  return Error(ErrorKind::kBadRequest,
               fmt::format("a trace id is {} hex digits, not `{}`", kTraceIdDigits,
                           trace_id.substr(0, 2 * kTraceIdDigits)));
}

Status CheckColumns(const TraceQuery& query) {
  const std::vector<std::string>& columns = query.columns;
  if (query.as_arrays && columns.empty()) {
    return Error(ErrorKind::kBadRequest, "rows as arrays need `columns`, in whose order they are");
  }
  const auto& schema = *signal::Published(signal::Table::kSpans).schema;
  for (const std::string& column : columns) {
    if (schema.GetFieldByName(column) != nullptr) continue;
    return Error(ErrorKind::kBadRequest,
                 fmt::format("otel_spans has no column `{}`", column.substr(0, 100)));
  }
  return Status::OK();
}

/// What a file says wrong is our trouble, not the asker's; one that is gone is kConflict.
Status InFile(const Status& status) {
  if (status.ok()) return status;
  const ErrorKind kind = KindOf(status);
  if (kind == ErrorKind::kNotFound) return Error(ErrorKind::kConflict, status.message());
  return kind == ErrorKind::kBadRequest ? Error(ErrorKind::kInternal, status.message()) : status;
}

int64_t FloorUs(int64_t unix_nano) {
  return unix_nano / 1000 - (unix_nano % 1000 != 0 && unix_nano < 0 ? 1 : 0);
}

int64_t NanoOf(int64_t us, int64_t rest) {
  constexpr int64_t kUsMax = std::numeric_limits<int64_t>::max() / 1000 - 1;
  return std::clamp(us, -kUsMax, kUsMax) * 1000 + rest;
}

}  // namespace

/// Where one span is; ordered by its start.
struct TraceLookup::Place {
  int64_t start_unix_nano = 0;
  uint32_t file = 0;  // In Search::files.
  int32_t group = 0;
  int64_t row = 0;
  auto operator<=>(const Place&) const = default;
};

/// One lookup on one snapshot.
struct TraceLookup::Search {
  TraceQuery query;
  std::shared_ptr<const TableView> spans, index;  // No index: it is null.
  TimeWindows windows;
  std::unique_ptr<signal::TailView> tail;  // Null: it is not looked at.
  TailStore store;                         // What was found in the tail, beside the store.
  std::deque<LiveFile> tail_files;
  std::vector<const LiveFile*> files;  // With spans of the trace.
  std::vector<Place> places;

  Window asked() const { return {FloorUs(query.since_unix_nano), FloorUs(query.until_unix_nano)}; }
  /// Whether the index may lack spans of that day.
  bool IsUnindexed(int32_t date) const {
    return index == nullptr || (index->complete_after && date <= *index->complete_after);
  }
};

Result<Trace> TraceLookup::Find(const TraceQuery& query) {
  const auto started = std::chrono::steady_clock::now();
  Result<Trace> trace = FindOnce(query);
  for (int tries = 1; tries < kTriesMax && KindOf(trace.status()) == ErrorKind::kConflict;
       ++tries) {
    trace = FindOnce(query);
  }
  if (KindOf(trace.status()) == ErrorKind::kConflict) {
    trace = Error(ErrorKind::kInternal, trace.status().message());  // Live, and not there.
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
  const bool is_miss = !trace.ok() && KindOf(trace.status()) == ErrorKind::kNotFound;
  kTraceLatency.With({trace.ok() ? "found"
                      : is_miss  ? "not_found"
                                 : "failed"})
      .Observe(took.count());
  return trace;
}

Result<Trace> TraceLookup::FindOnce(const TraceQuery& query) {
  Search search{.query = query, .store = TailStore(store_)};
  search.query.trace_id = TRY(LowerId(query.trace_id));
  TRY(CheckColumns(query));
  Trace trace{.trace_id = search.query.trace_id};
  Status opened;
  const auto open = [&]() -> Status {
    opened = OpenViews(search);
    // The tail may have rows of a table that is not created yet.
    const bool may_be_new = tail_ != nullptr && KindOf(opened) == ErrorKind::kNotFound;
    if (may_be_new) search.spans = std::make_shared<TableView>();
    return opened.ok() || may_be_new ? Status::OK() : opened;
  };
  search.tail = TRY(TakeMoment(tail_, catalog_, open));
  trace.snapshot_id = search.spans->snapshot_id;
  TRY(ReadIndex(search, trace));
  TRY(FindSpans(search, trace));
  if (search.places.empty()) TRY(std::move(opened));
  kTraceBytes.With({"trace_index"}).Add(trace.index.bytes);
  if (search.places.empty()) {
    kTraceBytes.With({"otel_spans"}).Add(trace.data.bytes);
    return Error(ErrorKind::kNotFound,
                 fmt::format("no trace {} in {}.{}", trace.trace_id, query.tables.schema,
                             signal::TableName(query.tables, signal::Table::kSpans)));
  }
  TRY(ReadSpans(search, trace));
  kTraceBytes.With({"otel_spans"}).Add(trace.data.bytes);
  return trace;
}

Status TraceLookup::OpenViews(Search& search) {
  // The index second: what it has then is no older than the spans.
  search.spans = TRY(views_.Of(search.query.tables, signal::Table::kSpans));
  auto index = views_.Of(search.query.tables, signal::Table::kTraceIndex);
  if (!index.ok() && KindOf(index.status()) != ErrorKind::kNotFound) return index.status();
  if (index.ok()) search.index = *std::move(index);
  return Status::OK();
}

Result<TraceFiles> TraceLookup::FilesOf(const signal::TableSet& tables,
                                        const std::vector<std::string>& trace_ids) {
  Search search{.query = {.tables = tables}, .store = TailStore(store_)};
  TRY(OpenViews(search));
  TraceFiles found{.snapshot_id = search.spans->snapshot_id};
  for (const std::string& trace_id : trace_ids) {
    search.query.trace_id = TRY(LowerId(trace_id));
    search.windows = {};
    search.files.clear();
    search.places.clear();
    Trace trace;
    TRY(ReadIndex(search, trace));
    TRY(FindSpans(search, trace));
    if (trace.is_cut) return Error(ErrorKind::kRetryLater, "too many spans of one trace");
    for (const LiveFile* file : search.files) found.paths.insert(file->path);
  }
  return found;
}

Status TraceLookup::ReadIndex(Search& search, Trace& trace) {
  if (search.index == nullptr) return Status::OK();
  const datafile::PartReader parts(store_, trace.index);
  const Window asked = search.asked();
  for (const auto& [manifest, files] : search.index->files) {
    for (const LiveFile& file : *files) {
      if (!file.MayHave(search.query.trace_id) || !file.MayHave(asked.min_us, asked.max_us)) {
        continue;
      }
      const auto head = index_heads_.Of(parts, file.path, file.bytes);
      TRY(InFile(head.status()));
      TRY(InFile(AddWindows(parts, **head, search.query.trace_id, search.windows)));
    }
  }
  return Status::OK();
}

Status TraceLookup::FindSpans(Search& search, Trace& trace) {
  for (const auto& [manifest, files] : search.spans->files) {
    for (const LiveFile& file : *files) {
      TRY(InFile(FindInFile(file, search, trace)));
      if (trace.is_cut) break;
    }
  }
  if (search.tail != nullptr && !trace.is_cut) TRY(FindInTail(search, trace));
  std::ranges::sort(search.places);
  trace.span_count = std::ssize(search.places);
  return Status::OK();
}

Status TraceLookup::FindInFile(const LiveFile& file, Search& search, Trace& trace) {
  Window window = search.asked();
  if (!file.MayHave(search.query.trace_id)) return Status::OK();
  if (!search.IsUnindexed(file.date)) {
    const std::optional<Window> indexed = search.windows.In(file);
    if (!indexed) return Status::OK();
    window = {std::max(window.min_us, indexed->min_us), std::min(window.max_us, indexed->max_us)};
  }
  if (window.min_us > window.max_us || !file.MayHave(window.min_us, window.max_us)) {
    return Status::OK();
  }
  const datafile::PartReader parts(store_, trace.data);
  const auto head = TRY(data_heads_.Of(parts, file.path, file.bytes));
  const auto found = TRY(datafile::FindRows(
      parts, *head,
      {.column = "trace_id",
       .text = search.query.trace_id,
       .time_column = "start_time_unix_nano",
       .time_min = std::max(search.query.since_unix_nano, NanoOf(window.min_us, 0)),
       .time_max = std::min(search.query.until_unix_nano, NanoOf(window.max_us, 999))}));
  if (!found.empty()) search.files.push_back(&file);
  for (const datafile::FoundRows& rows : found) {
    for (size_t i = 0; i < rows.rows.size(); ++i) {
      if (std::ssize(search.places) == kTraceSpansMax) {
        trace.is_cut = true;
        return Status::OK();
      }
      search.places.push_back({.start_unix_nano = rows.times[i],
                               .file = static_cast<uint32_t>(search.files.size() - 1),
                               .group = rows.group,
                               .row = rows.rows[i]});
    }
  }
  return Status::OK();
}

Status TraceLookup::FindInTail(Search& search, Trace& trace) {
  const auto parts = TRY(search.tail->RowsOf(search.query.tables, signal::Table::kSpans));
  for (const auto& rows : parts) {
    const TailSpans found = TRY(FindTrace(*rows, search.spans->shape,
                                          {.trace_id = search.query.trace_id,
                                           .since_unix_nano = search.query.since_unix_nano,
                                           .until_unix_nano = search.query.until_unix_nano}));
    if (found.bytes == nullptr) continue;
    search.tail_files.push_back(
        {.path = fmt::format("{}{}", kTailPrefix, rows->id()), .bytes = found.bytes->size()});
    search.store.Add(search.tail_files.back().path, found.bytes);
    search.files.push_back(&search.tail_files.back());
    for (size_t row = 0; row < found.start_unix_nano.size(); ++row) {
      if (std::ssize(search.places) == kTraceSpansMax) {
        trace.is_cut = true;
        return Status::OK();
      }
      search.places.push_back({.start_unix_nano = found.start_unix_nano[row],
                               .file = static_cast<uint32_t>(search.files.size() - 1),
                               .row = static_cast<int64_t>(row)});
      ++trace.tail_spans;
    }
  }
  return Status::OK();
}

Status TraceLookup::ReadSpans(Search& search, Trace& trace) {
  const auto count = std::ssize(search.places);
  const int64_t spans_max = std::clamp<int64_t>(search.query.spans_max, 0, kAnswerSpansMax);
  const int64_t end = std::min(count, search.query.first + spans_max);
  int64_t at = std::min(search.query.first, count), bytes = 0;
  while (at < end && bytes < kAnswerBytesMax) {
    const auto page_end = std::min(end, at + (search.query.as_arrays ? kPageArrays : kPageSpans));
    const size_t before = trace.spans.size();
    TRY(InFile(ReadPage(search, static_cast<size_t>(at), static_cast<size_t>(page_end), trace)));
    for (size_t i = before; i < trace.spans.size(); ++i) bytes += std::ssize(trace.spans[i]);
    at = page_end;
  }
  if (at < count) trace.next = at;
  return Status::OK();
}

/// The spans [begin, end) in the order of their start, row group by row group.
Status TraceLookup::ReadPage(Search& search, size_t begin, size_t end, Trace& trace) {
  std::map<std::pair<uint32_t, int32_t>, std::vector<std::pair<int64_t, size_t>>> groups;
  const size_t first = trace.spans.size();
  for (size_t i = begin; i < end; ++i) {
    const Place& place = search.places[i];
    groups[{place.file, place.group}].emplace_back(place.row, first + i - begin);
  }
  trace.spans.resize(first + end - begin);
  const datafile::PartReader parts(search.store, trace.data);
  for (auto& [where, chosen] : groups) {
    std::ranges::sort(chosen);
    std::vector<int64_t> rows(chosen.size());
    std::ranges::transform(chosen, rows.begin(), [](const auto& one) { return one.first; });
    const LiveFile& file = *search.files[where.first];
    // What is in memory for one lookup is not worth a place in the cache.
    const auto head = TRY(file.path.starts_with(kTailPrefix)
                              ? datafile::FileHead::Read(parts, file.path, file.bytes)
                              : data_heads_.Of(parts, file.path, file.bytes));
    JsonRows json(search.query.as_arrays ? std::span<const std::string>(search.query.columns)
                                         : std::span<const std::string>());
    TRY(datafile::ReadRows(parts, *head,
                           {.group = where.second, .rows = rows, .columns = search.query.columns},
                           json, [&](size_t row) {
                             trace.spans[chosen[row].second] = json.Take();
                             return Status::OK();
                           }));
  }
  return Status::OK();
}

}  // namespace weir::query
