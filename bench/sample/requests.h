// SPDX-License-Identifier: Apache-2.0
#pragma once
// For benchmarks: export requests as a shop of services would send them, the same bytes on every
// machine and in every run.

#include <vector>

#include "signal/export_request.h"

namespace weir::sample {

struct RequestsOptions {
  signal::Signal signal = signal::Signal::kTraces;
  signal::Encoding encoding = signal::Encoding::kProtobuf;
  int requests = 4;
  int items = 500;  // Spans, log records or data points in each.
};

std::vector<signal::ExportRequest> Requests(const RequestsOptions& options);

}  // namespace weir::sample
