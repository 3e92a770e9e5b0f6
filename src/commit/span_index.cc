// SPDX-License-Identifier: Apache-2.0
#include "commit/span_index.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "base/ids.h"
#include "datafile/lookup/column_slices.h"

namespace weir::commit {
namespace {

using datafile::ColumnSlice;

constexpr size_t kTraceIdBytes = 16;
constexpr std::string_view kStatusError = "STATUS_CODE_ERROR";

// In the order of Columns.
const std::vector<std::string>& ColumnNames() {
  static const std::vector<std::string> names = {
      "trace_id",           "parent_span_id", "time", "start_time_unix_nano",
      "end_time_unix_nano", "status_code",    "name", "service_name"};
  return names;
}

struct Columns {
  const ColumnSlice &trace_id, &parent_span_id, &time, &start, &end, &status_code, &name,
      &service_name;
};

Columns ColumnsOf(std::span<const ColumnSlice> all) {
  return {all[0], all[1], all[2], all[3], all[4], all[5], all[6], all[7]};
}

int64_t FloorUs(int64_t nano) { return nano / 1000 - (nano % 1000 < 0 ? 1 : 0); }

bool IsLowerHexId(std::string_view text) {
  return text.size() == 2 * kTraceIdBytes && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

/// What lookups by trace id rely on.
Status CheckSpan(const Columns& columns, int64_t row) {
  const auto refuse = [row](std::string_view why) {
    return Error(ErrorKind::kBadRequest, fmt::format("a span {}", why));
  };
  if (!IsLowerHexId(columns.trace_id.text(row))) {
    return refuse(fmt::format("has trace_id `{}`: expected 32 lower-case hex digits",
                              columns.trace_id.text(row).substr(0, 64)));
  }
  if (!columns.start.is_set(row)) return refuse("has no start_time_unix_nano");
  const int64_t start_us = FloorUs(columns.start.number(row));
  if (columns.time.is_set(row) && columns.time.number(row) == start_us) return Status::OK();
  return refuse(fmt::format(
      "has another time ({} µs) than start_time_unix_nano ({} µs)",
      columns.time.is_set(row) ? std::to_string(columns.time.number(row)) : "none", start_us));
}

signal::IndexedSpan SpanOf(const Columns& columns, int64_t row, std::string_view trace_id) {
  const int64_t start_us = columns.time.number(row);
  const int64_t end_us = columns.end.is_set(row) ? FloorUs(columns.end.number(row)) : start_us;
  return {.trace_id = trace_id,
          .start_us = start_us,
          .end_us = end_us,
          .is_root = columns.parent_span_id.text(row).empty(),
          .has_error = columns.status_code.text(row) == kStatusError,
          .name = columns.name.text(row),
          .service_name = columns.service_name.text(row)};
}

Status ReadSpans(const store::Store& store, const std::string& root, const datafile::DataFile& file,
                 const datafile::OnSlice& on_slice) {
  datafile::ReadCounters counters;
  const datafile::PartReader parts(store, counters);
  const auto head = TRY(datafile::FileHead::Read(parts, root + "/" + file.path, file.file_bytes));
  return datafile::ForEachSlice(parts, *head, ColumnNames(), on_slice);
}

}  // namespace

Status IndexSpansOf(const store::Store& store, const std::string& root,
                    const datafile::DataFile& file, SpanIndexing& indexing) {
  const auto add = [&](int64_t rows, std::span<const ColumnSlice> slices) -> Status {
    const Columns columns = ColumnsOf(slices);
    for (int64_t row = 0; row < rows; ++row) {
      TRY(CheckSpan(columns, row));
      char id[kTraceIdBytes];
      HexDecode(columns.trace_id.text(row), id);
      signal::IndexedSpan span = SpanOf(columns, row, {id, sizeof id});
      span.date = file.date;
      indexing.builder.Add(span);
      if (++indexing.spans % indexing.spans_max == 0) TRY(indexing.on_full());
    }
    return Status::OK();
  };
  const Status read = ReadSpans(store, root, file, add);
  const ErrorKind kind = KindOf(read);
  const bool is_of_file = kind == ErrorKind::kBadRequest || kind == ErrorKind::kNotFound;
  if (!read.ok() && is_of_file) {
    return Error(ErrorKind::kBadRequest, fmt::format("file {}: {}", file.path, read.message()));
  }
  return read;
}

}  // namespace weir::commit
