// SPDX-License-Identifier: Apache-2.0
#include "net/growing_body.h"

#include <gtest/gtest.h>

#include <cstring>

namespace weir::net {
namespace {

TEST(GrowingBody, TakesOnlyWhatBelongsToIt) {
  GrowingBody body(3);

  EXPECT_EQ(body.Append("abcdef"), 3);

  EXPECT_TRUE(body.is_complete());
  EXPECT_EQ(body.Take(), "abc");
}

TEST(GrowingBody, NeverRunsMoreThanAMebibyteAheadOfASmallStart) {
  GrowingBody body(1'000'000'000'000);

  EXPECT_EQ(body.Room().size(), 1 << 20);
}

TEST(GrowingBody, KeepsItsBytesWhileItGrows) {
  GrowingBody body(3 << 20);
  while (!body.is_complete()) {
    const auto room = body.Room();
    std::memset(room.data(), 'x', room.size());
    body.Filled(room.size());
  }

  EXPECT_EQ(body.Take(), std::string(3 << 20, 'x'));
}

TEST(GrowingBody, HasNoRoomPastItsEnd) {
  GrowingBody body(2);
  body.Append("ab");

  EXPECT_TRUE(body.Room().empty());
}

TEST(AppendExpecting, ReservesOnceForAnHonestLength) {
  std::string body;

  AppendExpecting(body, std::string(100, 'a'), 500'000);

  EXPECT_EQ(body, std::string(100, 'a'));
  EXPECT_GE(body.capacity(), 500'000);
  EXPECT_LT(body.capacity(), 600'000);
}

TEST(AppendExpecting, DoesNotBelieveALargeLength) {
  std::string body;

  AppendExpecting(body, std::string(100, 'a'), 1'000'000'000'000);

  EXPECT_LE(body.capacity(), 1 << 20);
}

}  // namespace
}  // namespace weir::net
