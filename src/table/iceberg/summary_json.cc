// SPDX-License-Identifier: Apache-2.0
#include "table/iceberg/summary_json.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <iterator>
#include <string_view>

#include "table/json_text.h"

namespace weir::table::iceberg {
namespace {

struct Counter {
  std::string_view name;
  int64_t Summary::* member;
  bool is_always_written;  // Else only where it is not zero.
};

constexpr std::array<Counter, 10> kCounters = {{
    {"added-data-files", &Summary::added_files, false},
    {"added-records", &Summary::added_records, false},
    {"added-files-size", &Summary::added_bytes, false},
    {"deleted-data-files", &Summary::deleted_files, false},
    {"deleted-records", &Summary::deleted_records, false},
    {"removed-files-size", &Summary::removed_bytes, false},
    {"changed-partition-count", &Summary::changed_partitions, true},
    {"total-data-files", &Summary::total_files, true},
    {"total-records", &Summary::total_records, true},
    {"total-files-size", &Summary::total_bytes, true},
}};

}  // namespace

void AppendSummary(std::string& out, const Summary& summary) {
  out += "{\"operation\":";
  AppendJsonText(out, summary.operation);
  for (const Counter& counter : kCounters) {
    const int64_t value = summary.*counter.member;
    if (value == 0 && !counter.is_always_written) continue;
    fmt::format_to(std::back_inserter(out), ",\"{}\":\"{}\"", counter.name, value);
  }
  for (const auto& [name, value] : summary.other) {
    AppendJsonName(out, name);
    AppendJsonText(out, value);
  }
  out += '}';
}

void SetSummaryEntry(Summary& summary, const std::string& name, const std::string& value) {
  if (name == "operation") {
    summary.operation = value;
    return;
  }
  for (const Counter& counter : kCounters) {
    if (counter.name != name) continue;
    int64_t number = 0;
    const char* end = value.data() + value.size();
    const auto parsed = std::from_chars(value.data(), end, number);
    if (parsed.ec != std::errc() || parsed.ptr != end) break;
    summary.*counter.member = number;
    return;
  }
  summary.other[name] = value;
}

}  // namespace weir::table::iceberg
