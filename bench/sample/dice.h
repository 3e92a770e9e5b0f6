// SPDX-License-Identifier: Apache-2.0
#pragma once
// For benchmarks: random numbers that are the same with every library, which <random>'s
// distributions are not.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace weir::sample {

/// SplitMix64: one number in, the next one out. One thread.
class Dice {
 public:
  explicit Dice(uint64_t seed) : state_(seed) {}

  uint64_t Next() {
    uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  /// From 0 to `end` - 1.
  int64_t Below(int64_t end) { return static_cast<int64_t>(Next() % static_cast<uint64_t>(end)); }
  bool OneIn(int64_t count) { return Below(count) == 0; }
  template <size_t count>
  std::string_view Pick(const std::array<std::string_view, count>& texts) {
    return texts[Below(count)];
  }
  std::string Id(int bytes) {
    std::string id;
    while (static_cast<int>(id.size()) < bytes) id += static_cast<char>(Next());
    return id;
  }

 private:
  uint64_t state_;
};

}  // namespace weir::sample
