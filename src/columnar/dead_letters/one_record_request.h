// SPDX-License-Identifier: Apache-2.0
#pragma once
// A refused record as a request of its own, which can be sent again once it is mended.

#include <cstdint>
#include <string>
#include <string_view>

#include "columnar/row_frame.h"

namespace weir::columnar {

/// A protobuf request with only `wire`, a record of `record`'s scope and resource. Where that would
/// be longer than `bytes_max` they are left out.
std::string OneRecordRequest(const RowFrame::Record& record, std::string_view wire,
                             size_t bytes_max);

/// A Metric message of which one data point is wanted.
struct MetricParts {
  std::string_view wire;  // The Metric message.
  uint32_t data_tag = 0;  // Of its Gauge, Sum, …; 0: it has none.
  std::string_view data;  // That message.
};
/// `metric` with only the data point `point`.
std::string OnePointMetric(const MetricParts& metric, std::string_view point);

}  // namespace weir::columnar
