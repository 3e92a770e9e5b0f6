// SPDX-License-Identifier: Apache-2.0
// Any text is read as a filter or refused, and what is read can be held against a file.

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "base/result.h"
#include "table/scan/filter.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  namespace iceberg = weir::table::iceberg;
  static const iceberg::Schema schema{
      .json =
          R"({"type": "struct", "fields": [{"id": 1, "name": "s", "required": false, "type": "string"},
        {"id": 2, "name": "n", "required": false, "type": "long"},
        {"id": 3, "name": "t", "required": false, "type": "timestamptz"},
        {"id": 4, "name": "d", "required": false, "type": "date"},
        {"id": 5, "name": "x", "required": false, "type": "double"}]})"};
  const auto json = nlohmann::ordered_json::parse(data, data + size, nullptr, false);
  if (json.is_discarded()) return 0;
  const auto filter = weir::table::scan::ReadFilter(json, schema, /*is_case_sensitive=*/false);
  if (!filter.ok()) return 0;
  weir::datafile::DataFile file;
  file.statistics[1] = {.value_count = 2, .lower = "a", .upper = "b"};
  file.statistics[2] = {.value_count = 2, .lower = int64_t{1}, .upper = int64_t{9}};
  file.statistics[3] = {.value_count = 2, .lower = int64_t{1}, .upper = int64_t{9}};
  file.statistics[4] = {.value_count = 2, .lower = 1, .upper = 9};
  file.statistics[5] = {.value_count = 2, .lower = 1.5, .upper = 9.5, .nan_count = 1};
  [[maybe_unused]] const bool may_match = weir::table::scan::MayMatch(*filter, file);
  return 0;
}
