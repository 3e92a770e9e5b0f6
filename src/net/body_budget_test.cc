// SPDX-License-Identifier: Apache-2.0
#include "net/body_budget.h"

#include <gtest/gtest.h>

#include <optional>

namespace weir::net {
namespace {

using std::chrono::seconds;

class BodyBudgetTest : public testing::Test {
 protected:
  FakeClock clock_{0};
  BodyBudget budget_{1 << 20, clock_};
};

TEST_F(BodyBudgetTest, HasRoomForSoMuchAndNoMore) {
  BodyShare first(budget_), second(budget_);
  ASSERT_TRUE(first.Reserve(1'000'000));

  EXPECT_FALSE(second.Reserve(50'000));
  EXPECT_TRUE(second.Reserve(40'000));
  EXPECT_EQ(budget_.bytes(), 1'040'000u);
}

TEST_F(BodyBudgetTest, CountsAShareThatGrowsOnce) {
  BodyShare share(budget_);
  share.Reserve(10);
  share.Reserve(30);
  share.Reserve(20);

  EXPECT_EQ(budget_.bytes(), 30u);
}

TEST_F(BodyBudgetTest, GetsBackWhatAShareHad) {
  auto first = std::make_optional<BodyShare>(budget_);
  BodyShare second(budget_);
  first->Reserve(1 << 20);
  ASSERT_FALSE(second.Reserve(1));

  first.reset();

  EXPECT_TRUE(second.Reserve(1 << 20));
  second.Release();
  EXPECT_EQ(budget_.bytes(), 0u);
}

TEST_F(BodyBudgetTest, TakesABodyThatIsAloneHoweverLarge) {
  BodyShare large(budget_), other(budget_);

  EXPECT_TRUE(large.Reserve(20 << 20));
  EXPECT_TRUE(large.Reserve(21 << 20));
  EXPECT_FALSE(other.Reserve(1));
}

TEST_F(BodyBudgetTest, HurriesLargeBodiesWhileOthersFindNoRoom) {
  BodyShare large(budget_), small(budget_), refused(budget_);
  large.Reserve(1'000'000);
  small.Reserve(BodyShare::kSmallBodyBytes / 2);
  EXPECT_FALSE(large.MustHurry());

  refused.Reserve(1'000'000);

  EXPECT_TRUE(large.MustHurry());
  EXPECT_FALSE(small.MustHurry());
  clock_.Advance(BodyBudget::kShortTime);
  EXPECT_FALSE(large.MustHurry());
}

}  // namespace
}  // namespace weir::net
