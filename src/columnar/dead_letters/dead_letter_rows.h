// SPDX-License-Identifier: Apache-2.0
#pragma once
// The rows of `otel_dead_letters` between two flushes.

#include <cstdint>
#include <memory>

#include "signal/row_columns.h"

namespace weir::columnar {

struct DeadLetterLimits {
  size_t original_bytes_max = 64 << 10;  // Of one letter; more is cut off.
  int64_t bytes_max = 8 << 20;           // Of all letters of a flush.
};

std::unique_ptr<signal::DeadLetterRows> NewDeadLetterRows(const DeadLetterLimits& limits);

}  // namespace weir::columnar
