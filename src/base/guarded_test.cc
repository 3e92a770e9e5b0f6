// SPDX-License-Identifier: Apache-2.0
#include "base/guarded.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace weir {
namespace {

TEST(Guarded, IsBuiltFromItsValuesArguments) {
  Guarded<std::string> text("abc");

  EXPECT_EQ(*text.Lock(), "abc");
  EXPECT_EQ(text.Lock()->size(), 3u);
}

TEST(Guarded, LetsOneThreadInAtATime) {
  Guarded<std::vector<int>> numbers;
  const auto append = [&] {
    for (int i = 0; i < 10'000; ++i) numbers.Lock()->push_back(i);
  };
  std::thread other(append);
  append();
  other.join();

  EXPECT_EQ(numbers.Lock()->size(), 20'000u);
}

TEST(Guarded, StaysLockedWhileAnAccessLives) {
  Guarded<int> number(1);
  std::thread other;
  {
    auto access = number.Lock();
    other = std::thread([&] { *number.Lock() *= 10; });
    *access += 1;
  }
  other.join();

  EXPECT_EQ(*number.Lock(), 20);
}

}  // namespace
}  // namespace weir
