// SPDX-License-Identifier: Apache-2.0
#pragma once
// The singular fields of a data point of any kind.

#include <cstdint>
#include <optional>

#include "columnar/metric_rows.h"

namespace weir::columnar {

struct MetricRows::Point {
  uint64_t start = 0, time = 0, flags = 0;
  PointValue value;
  uint64_t count = 0, zero_count = 0;
  std::optional<double> sum, min, max;
  double zero_threshold = 0;
  int32_t scale = 0;
  std::optional<int32_t> positive_offset,
      negative_offset;  // Set where the Buckets message is present.
};

}  // namespace weir::columnar
