// SPDX-License-Identifier: Apache-2.0
#pragma once
// The only reader of time; everything else is handed a Clock, so tests never sleep.

#include <atomic>
#include <chrono>
#include <cstdint>

namespace weir {

/// Any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  /// Wall clock, nanoseconds since the epoch, UTC. May step backwards.
  virtual int64_t UnixNano() const = 0;
  /// Never steps backwards; only differences mean something.
  virtual std::chrono::nanoseconds Monotonic() const = 0;

  int64_t UnixMillis() const { return UnixNano() / 1'000'000; }
};

class SystemClock final : public Clock {
 public:
  int64_t UnixNano() const override {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
  }
  std::chrono::nanoseconds Monotonic() const override {
    return std::chrono::steady_clock::now().time_since_epoch();
  }
};

/// A clock that a test moves by hand.
class FakeClock final : public Clock {
 public:
  explicit FakeClock(int64_t unix_nano) : now_(unix_nano) {}
  int64_t UnixNano() const override { return now_; }
  std::chrono::nanoseconds Monotonic() const override { return std::chrono::nanoseconds(now_); }
  void Advance(std::chrono::nanoseconds by) { now_ += by.count(); }

 private:
  std::atomic<int64_t> now_;
};

}  // namespace weir
