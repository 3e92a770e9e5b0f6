// SPDX-License-Identifier: Apache-2.0
#include "buffer/recent_requests.h"

#include <gtest/gtest.h>

#include <optional>

namespace weir::buffer {
namespace {

using namespace std::chrono_literals;
using Outcome = Result<signal::ExportOutcome>;

class RecentRequestsTest : public testing::Test {
 protected:
  /// Sends `key`; true where it is new. What it is answered goes to `answer_`.
  bool Begin(const RequestKey& key) {
    signal::Sink::Done done = [this](Outcome outcome) { answer_ = std::move(outcome); };
    return recent_.Begin(key, done);
  }
  void Take(const RequestKey& key, uint32_t accepted = 1, uint32_t rejected = 0) {
    recent_.Take(key, {.accepted = accepted, .rejected = rejected});
  }

  FakeClock clock_{1};
  RecentRequests recent_{{.clock = clock_, .window = 60s, .requests_max = 8}};
  std::optional<Outcome> answer_;
};

constexpr RequestKey kOne{1, 1}, kOther{2, 1};

TEST_F(RecentRequestsTest, AnswersARequestThatWasTakenAsBefore) {
  ASSERT_TRUE(Begin(kOne));
  Take(kOne, 3, 2);

  EXPECT_FALSE(Begin(kOne));

  ASSERT_TRUE(answer_.has_value() && answer_->ok());
  EXPECT_EQ((*answer_)->accepted, 3);
  EXPECT_EQ((*answer_)->rejected, 2);
  EXPECT_FALSE((*answer_)->reason.empty());
}

TEST_F(RecentRequestsTest, TellsOtherRequestsApart) {
  ASSERT_TRUE(Begin(kOne));
  Take(kOne);

  EXPECT_TRUE(Begin(kOther));
  EXPECT_FALSE(answer_.has_value());
}

TEST_F(RecentRequestsTest, LetsTheSecondSenderWaitForWhatBecomesOfTheFirst) {
  ASSERT_TRUE(Begin(kOne));
  EXPECT_FALSE(Begin(kOne));
  EXPECT_FALSE(answer_.has_value());

  Take(kOne, 7);

  ASSERT_TRUE(answer_.has_value() && answer_->ok());
  EXPECT_EQ((*answer_)->accepted, 7);
}

TEST_F(RecentRequestsTest, TakesARequestThatWasRefusedAnew) {
  ASSERT_TRUE(Begin(kOne));
  EXPECT_FALSE(Begin(kOne));

  recent_.Refuse(kOne, Error(ErrorKind::kRetryLater, "full"));

  ASSERT_TRUE(answer_.has_value());
  EXPECT_EQ(KindOf(answer_->status()), ErrorKind::kRetryLater);
  EXPECT_TRUE(Begin(kOne));
}

TEST_F(RecentRequestsTest, KnowsARequestForTheWholeWindow) {
  ASSERT_TRUE(Begin(kOne));
  Take(kOne);
  clock_.Advance(59s);
  Take({3, 1});
  EXPECT_FALSE(Begin(kOne));
  clock_.Advance(61s);
  Take({4, 1});
  clock_.Advance(61s);
  Take({5, 1});

  EXPECT_TRUE(Begin(kOne));
}

TEST_F(RecentRequestsTest, ForgetsTheOldestWhereTooManyCome) {
  for (uint64_t i = 0; i < 100; ++i) Take({i, 9});

  EXPECT_LE(recent_.size(), 8u);
  EXPECT_FALSE(Begin({99, 9}));
  EXPECT_TRUE(Begin({0, 9}));
}

TEST_F(RecentRequestsTest, KnowsWhatAnEarlierRunTook) {
  recent_.Restore({.key = kOne, .accepted = 4});

  EXPECT_FALSE(Begin(kOne));
  EXPECT_EQ((*answer_)->accepted, 4);
}

TEST(RecentRequests, KnowNothingWhereTheyAreSwitchedOff) {
  FakeClock clock(1);
  RecentRequests recent({.clock = clock, .window = 0s});
  signal::Sink::Done done = [](Outcome) { FAIL(); };

  EXPECT_TRUE(recent.Begin(kOne, done));
  recent.Take(kOne, {});
  EXPECT_TRUE(recent.Begin(kOne, done));
  EXPECT_EQ(recent.size(), 0u);
}

TEST(RequestKey, StandsForContentAlone) {
  const signal::ExportRequest request{.tables = {"a", "b_"}, .received_unix_nano = 1, .body = "x"};
  auto later = request, other_tables = request, other_body = request, other_signal = request;
  later.received_unix_nano = 2;
  other_tables.tables = {"a", "c_"};
  other_body.body = "y";
  other_signal.signal = signal::Signal::kLogs;

  EXPECT_EQ(KeyOf(later), KeyOf(request));
  for (const auto& other : {other_tables, other_body, other_signal}) {
    EXPECT_FALSE(KeyOf(other) == KeyOf(request));
  }
}

}  // namespace
}  // namespace weir::buffer
