// SPDX-License-Identifier: Apache-2.0
#pragma once
// An add action's statistics read back from their JSON, by the types of the log's schema.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "datafile/data_file.h"

namespace weir::table::delta {

/// Type names by path: names with dots between, `element`, `key` and `value` inside lists and maps.
/// Nested types are `struct`, `array` and `map`.
using SchemaTypes = std::map<std::string, std::string>;

/// Errors: kBadRequest when `schema_json` is no Delta struct type.
Result<SchemaTypes> SchemaTypesOf(std::string_view schema_json);

struct ListedColumn {
  std::optional<datafile::Bound> lower, upper;
  std::optional<int64_t> null_count;
};

struct ListedStatistics {
  std::optional<int64_t> record_count;
  std::map<std::string, ListedColumn> columns;  // By path; only columns that the schema has.
};

/// `json`: what the action carries; empty for nothing.
/// Errors: kBadRequest when it is no JSON object or a value is not of its column's type.
Result<ListedStatistics> ReadStatistics(std::string_view json, const SchemaTypes& types);

}  // namespace weir::table::delta
