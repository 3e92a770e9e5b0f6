// SPDX-License-Identifier: Apache-2.0
#pragma once
// Who is refused last when there is no room: senders that had little taken lately.

#include <chrono>
#include <cstdint>
#include <string>
#include <unordered_map>

#include "base/clock.h"

namespace weir::receive {

/// How much of each sender's was taken lately, half forgotten every `kHalfLife`. One thread.
/// A sender is a connection: addresses would make one of all that come through a load balancer.
class FairShare {
 public:
  static constexpr std::chrono::seconds kHalfLife{4};

  explicit FairShare(const Clock& clock) : clock_(clock), aged_(clock.Monotonic()) {}

  void Took(const std::string& sender, size_t bytes);
  /// Whether `sender`, had it `bytes` more, would still have less than half of what senders had on
  /// average; false when none had any. So all that are below take at most half of what is taken.
  bool IsBelow(const std::string& sender, size_t bytes);

 private:
  void Age();
  void Halve();

  const Clock& clock_;
  std::chrono::nanoseconds aged_;
  std::unordered_map<std::string, uint64_t> bytes_;
  uint64_t total_ = 0;
};

}  // namespace weir::receive
