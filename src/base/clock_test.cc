// SPDX-License-Identifier: Apache-2.0
#include "base/clock.h"

#include <gtest/gtest.h>

namespace weir {
namespace {

using namespace std::chrono_literals;

TEST(FakeClock, MovesOnlyByHand) {
  FakeClock clock(1'700'000'000'123'456'789);
  const auto before = clock.Monotonic();
  EXPECT_EQ(clock.UnixNano(), 1'700'000'000'123'456'789);
  EXPECT_EQ(clock.UnixMillis(), 1'700'000'000'123);

  clock.Advance(2s);

  EXPECT_EQ(clock.UnixNano(), 1'700'000'002'123'456'789);
  EXPECT_EQ(clock.Monotonic() - before, 2s);
}

TEST(SystemClock, CountsNanosecondsSinceTheEpoch) {
  const SystemClock clock;

  // Between 2024 and 2100.
  EXPECT_GT(clock.UnixNano(), 1'704'067'200'000'000'000);
  EXPECT_LT(clock.UnixNano(), 4'102'444'800'000'000'000);
}

TEST(SystemClock, NeverStepsBackOnItsMonotonicSide) {
  const SystemClock clock;
  auto last = clock.Monotonic();
  for (int i = 0; i < 1000; ++i) {
    const auto now = clock.Monotonic();
    EXPECT_GE(now, last);
    last = now;
  }
}

}  // namespace
}  // namespace weir
