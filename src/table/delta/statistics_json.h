// SPDX-License-Identifier: Apache-2.0
#pragma once
// A data file's column statistics as the JSON that an add action carries.

#include <cstdint>
#include <optional>
#include <string>

#include "datafile/data_file.h"
#include "table/table_change.h"

namespace weir::table::delta {

/// `YYYY-MM-DD`; nothing outside the years 1 to 9999, which the formats' readers refuse.
std::optional<std::string> DateText(int32_t days);

enum class Rounding { kFloor, kCeil };

/// `YYYY-MM-DDThh:mm:ss.mmmZ`, rounded to milliseconds as the protocol cuts them; nothing as
/// DateText.
std::optional<std::string> TimestampText(int64_t micros, Rounding rounding);

/// {"numRecords":…,"minValues":{…},"maxValues":{…},"nullCount":{…}}, columns by name, structs
/// nested. The partition column has none: its value stands in the action. Always valid JSON and
/// UTF-8.
std::string StatisticsJson(const TableDefinition& definition, const datafile::DataFile& file);

}  // namespace weir::table::delta
