// SPDX-License-Identifier: Apache-2.0
#pragma once
// How long rows are kept: whole partitions that are older leave a table in one commit.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "catalog/catalog.h"
#include "datafile/data_file.h"
#include "store/store.h"
#include "table/iceberg/table_state.h"

namespace weir::maintain {

/// In days; 0: for ever.
struct RetentionLimits {
  int64_t days = 0;
  /// By `name` or `schema.name`, the latter first; instead of `days`.
  std::map<std::string, int64_t> days_by_table;
};

/// Days since the epoch, [first, end).
struct DayRange {
  int64_t first = INT32_MIN, end = 0;

  bool Has(int32_t day) const { return day >= first && day < end; }
};

int64_t RetentionDaysOf(const RetentionLimits& limits, const catalog::TableName& table);

/// The days that ended longer than `days` ago, in UTC.
DayRange DaysBefore(int64_t days, int64_t now_ms);

/// Facts of the live files in partitions of those days; manifests that can have none are not read.
/// Errors: the store's; kBadRequest where a manifest is none.
Result<std::vector<datafile::DataFile>> FilesOfDays(const store::Store& store,
                                                    const table::iceberg::TableState& state,
                                                    const DayRange& days);

}  // namespace weir::maintain
