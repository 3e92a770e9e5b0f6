// SPDX-License-Identifier: Apache-2.0
#pragma once
// Time that passes faster than the machine's, so that a test sees weeks go by.

#include "base/clock.h"

namespace weir {

/// `from_unix_nano`: when both agreed; every process that is told the same has the same time.
/// Any thread.
class ScaledClock final : public Clock {
 public:
  ScaledClock(int64_t from_unix_nano, int64_t rate) : from_(from_unix_nano), rate_(rate) {}

  int64_t UnixNano() const override { return from_ + (machine_.UnixNano() - from_) * rate_; }
  std::chrono::nanoseconds Monotonic() const override { return machine_.Monotonic() * rate_; }

 private:
  const SystemClock machine_;
  const int64_t from_, rate_;
};

}  // namespace weir
