// SPDX-License-Identifier: Apache-2.0
#pragma once
// Values of filters, from the JSON that engines send.

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string_view>

#include "datafile/data_file.h"
#include "table/iceberg/schema_json.h"

namespace weir::table::scan {

/// `json` as a value of a column of that type: `type` as statistics keep it, `name` as the schema
/// calls it. Dates and times are ISO 8601 or counted from the epoch. Nothing where it is none, or
/// one that can't be held against statistics.
std::optional<datafile::Bound> ValueOf(const nlohmann::ordered_json& json, iceberg::LeafType type,
                                       std::string_view name);

}  // namespace weir::table::scan
