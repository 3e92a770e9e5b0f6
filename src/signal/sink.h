// SPDX-License-Identifier: Apache-2.0
#pragma once
// The one verb between receiving telemetry and keeping it.

#include <functional>

#include "base/result.h"
#include "signal/export_request.h"

namespace weir::signal {

class Sink {
 public:
  /// Called exactly once for each Accept, on any thread, and must not block.
  using Done = std::function<void(Result<ExportOutcome>)>;

  virtual ~Sink() = default;

  /// Takes one request. `done` gets an outcome only after the rows are durable (synced to disk).
  /// Errors: kBadRequest when no part of the body can be read; kRetryLater when full or not able to
  /// sync.
  virtual void Accept(ExportRequest request, Done done) = 0;

  /// kRetryLater when there is no room for more, so that a body need not be read for nothing.
  /// Accept still takes some that were read already.
  virtual Status CanAccept() const = 0;
};

}  // namespace weir::signal
