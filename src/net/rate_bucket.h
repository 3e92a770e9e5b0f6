// SPDX-License-Identifier: Apache-2.0
#pragma once
// How often something may happen: a burst, and so many a second after it.

#include <algorithm>
#include <chrono>

namespace weir::net {

/// One thread.
class RateBucket {
 public:
  RateBucket(double burst, double per_second) : burst_(burst), per_second_(per_second) {}

  /// False when it happens too often. `now` never steps backwards.
  bool Take(std::chrono::nanoseconds now) {
    const double seconds = std::chrono::duration<double>(now - last_).count();
    last_ = now;
    left_ = std::min(burst_, left_ + seconds * per_second_);
    if (left_ < 1) return false;
    left_ -= 1;
    return true;
  }

 private:
  double burst_, per_second_;
  double left_ = burst_;
  std::chrono::nanoseconds last_{0};
};

}  // namespace weir::net
