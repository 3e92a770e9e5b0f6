// SPDX-License-Identifier: Apache-2.0
#pragma once
// The memory that request bodies may take, all together, while they are read.

#include <chrono>
#include <cstdint>
#include <utility>

#include "base/clock.h"

namespace weir::net {

/// A worker's. What a body will need is taken before it is read, so that those that were begun can
/// be finished. One thread; outlives its shares.
class BodyBudget {
 public:
  /// How long after a refusal the slow bodies among those that have room must hurry.
  static constexpr std::chrono::seconds kShortTime{5};

  BodyBudget(uint64_t bytes_max, const Clock& clock) : bytes_max_(bytes_max), clock_(clock) {}

  /// Whether somebody was refused for want of room just now.
  bool IsShort() const { return clock_.Monotonic() < short_until_; }
  uint64_t bytes() const { return bytes_; }

 private:
  friend class BodyShare;

  const uint64_t bytes_max_;
  const Clock& clock_;
  uint64_t bytes_ = 0;  // Of all shares.
  std::chrono::nanoseconds short_until_{0};
};

/// One body's part of it, given back at the latest with this. One thread.
class BodyShare {
 public:
  /// Bodies up to here may be slow while others find no room: refusing them would not make any.
  static constexpr uint64_t kSmallBodyBytes = 64 << 10;

  explicit BodyShare(BodyBudget& budget) : budget_(&budget) {}
  BodyShare(const BodyShare&) = delete;
  BodyShare& operator=(const BodyShare&) = delete;
  ~BodyShare() { Release(); }

  /// Has at least `bytes` from now on; false, and unchanged, where there is no room. A body that is
  /// alone always has room, however large.
  bool Reserve(uint64_t bytes);
  void Release();
  /// Whether the body keeps room that others were refused for want of.
  bool MustHurry() const { return bytes_ > kSmallBodyBytes && budget_->IsShort(); }

 private:
  BodyBudget* budget_;
  uint64_t bytes_ = 0;
};

}  // namespace weir::net
