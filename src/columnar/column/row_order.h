// SPDX-License-Identifier: Apache-2.0
#pragma once
// The order of rows inside a file: by day, then by a rank, then by time, then as they came.

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "signal/row_columns.h"

namespace weir::columnar {

/// What rows are sorted by, one entry a row.
struct RowOrder {
  std::span<const int32_t> dates;
  std::vector<int32_t> ranks;  // From 0, dense or nearly so: they are counted.
  std::span<const int64_t> times;
};

/// Rows by day, earliest first, each day sorted.
std::vector<signal::DayRows> SortIntoDays(const RowOrder& order);

/// Dense ranks of `count` texts in byte order; equal texts share one.
std::vector<int32_t> RankTexts(int32_t count,
                               const std::function<std::string_view(int32_t)>& text_at);

}  // namespace weir::columnar
