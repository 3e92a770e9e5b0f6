// SPDX-License-Identifier: Apache-2.0
#include "receive/fair_share.h"

#include <gtest/gtest.h>

namespace weir::receive {
namespace {

class FairShareTest : public testing::Test {
 protected:
  FakeClock clock_{1'000'000'000};
  FairShare share_{clock_};
};

TEST_F(FairShareTest, NobodyIsBelowWhereNobodyHadAnything) { EXPECT_FALSE(share_.IsBelow("a", 1)); }

TEST_F(FairShareTest, WhoHadLessThanHalfTheAverageIsBelow) {
  share_.Took("much", 100'000);
  share_.Took("little", 30'000);

  EXPECT_FALSE(share_.IsBelow("much", 1));
  EXPECT_TRUE(share_.IsBelow("little", 1));
  EXPECT_TRUE(share_.IsBelow("new", 1));
  EXPECT_FALSE(share_.IsBelow("new", 40'000));
}

TEST_F(FairShareTest, EqualSendersAreNotBelow) {
  for (const char* sender : {"a", "b", "c"}) share_.Took(sender, 50'000);

  EXPECT_FALSE(share_.IsBelow("a", 1));
}

TEST_F(FairShareTest, ForgetsHalfInEachHalfLife) {
  share_.Took("early", 100'000);
  clock_.Advance(2 * FairShare::kHalfLife);
  share_.Took("late", 100'000);

  EXPECT_TRUE(share_.IsBelow("early", 1));
  EXPECT_FALSE(share_.IsBelow("late", 1));
}

TEST_F(FairShareTest, ForgetsSendersThatAreGone) {
  share_.Took("gone", 100'000);
  clock_.Advance(100 * FairShare::kHalfLife);

  EXPECT_FALSE(share_.IsBelow("new", 1));
}

}  // namespace
}  // namespace weir::receive
