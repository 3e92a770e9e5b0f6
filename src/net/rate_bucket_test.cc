// SPDX-License-Identifier: Apache-2.0
#include "net/rate_bucket.h"

#include <gtest/gtest.h>

namespace weir::net {
namespace {

using namespace std::chrono_literals;

TEST(RateBucket, AllowsABurstAndThenItsRate) {
  RateBucket bucket(2, 1);

  EXPECT_TRUE(bucket.Take(10s));
  EXPECT_TRUE(bucket.Take(10s));
  EXPECT_FALSE(bucket.Take(10s));
  EXPECT_TRUE(bucket.Take(11s));
  EXPECT_FALSE(bucket.Take(11s));
}

TEST(RateBucket, SavesNoMoreThanTheBurst) {
  RateBucket bucket(1, 1);

  EXPECT_TRUE(bucket.Take(1000s));
  EXPECT_FALSE(bucket.Take(1000s));
}

}  // namespace
}  // namespace weir::net
