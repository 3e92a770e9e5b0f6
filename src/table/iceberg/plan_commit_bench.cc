// SPDX-License-Identifier: Apache-2.0
// Cost of planning a commit on a wide table, one file a commit. Prints milliseconds by 1,000
// commits.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "table/iceberg/small_table.h"

namespace weir::table::iceberg {
namespace {

constexpr int kColumns = 80;

TableDefinition WideDefinition() {
  arrow::FieldVector fields = {TestField("date", arrow::date32(), 1, false)};
  for (int id = 2; id <= kColumns; ++id) {
    fields.push_back(TestField(fmt::format("promoted_column_{}", id), arrow::utf8(), id));
  }
  return {.schema = arrow::schema(fields), .partition_column = "date", .sort_columns = {}};
}

datafile::DataFile WideFile(int64_t number) {
  datafile::DataFile file = SmallFile(number);
  file.statistics.clear();
  for (int id = 2; id <= kColumns; ++id) {
    file.column_bytes[id] = 1000 + number;
    file.statistics[id] = {.value_count = 10'000,
                           .lower = fmt::format("lower {} {}", id, number % 97),
                           .upper = fmt::format("upper {} {}", id, number % 89)};
  }
  return file;
}

void Run(int64_t commits) {
  MapStore store;
  TableState state = NewTable(WideDefinition(), {.location = {.uri = "file:///w/t", .root = "t"},
                                                 .uuid = "u",
                                                 .timestamp_ms = kTestStartMs})
                         .ValueOrDie();
  std::vector<double> times;
  size_t written = 0;
  for (int64_t number = 1; number <= commits; ++number) {
    const TableChange change{.added = {WideFile(number)}};
    const auto start = std::chrono::steady_clock::now();
    auto plan = PlanCommit(store, state, change, SmallIdentity(number)).ValueOrDie();
    times.push_back(
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
            .count());
    for (const NewObject& object : plan.objects) written += object.bytes.size();
    Apply(store, state, std::move(plan));
    if (number % 1000 != 0) continue;
    std::ranges::sort(times);
    std::printf(
        "%6ld commits: median %.2f ms, p99 %.2f ms, max %.1f ms; %zu manifests, %.1f KB a commit, "
        "metadata %zu KB\n",
        number, times[times.size() / 2], times[times.size() * 99 / 100], times.back(),
        state.manifests.size(), double(written) / double(times.size()) / 1024,
        store.objects.at(state.metadata_path).size() / 1024);
    times.clear();
    written = 0;
  }
}

}  // namespace
}  // namespace weir::table::iceberg

int main(int argc, char** argv) {
  weir::table::iceberg::Run(argc > 1 ? std::atoll(argv[1]) : 5000);
}
