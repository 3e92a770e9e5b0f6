// SPDX-License-Identifier: Apache-2.0
#include "serve/time_range.h"

#include <gtest/gtest.h>

namespace weir::serve {
namespace {

constexpr int64_t kNow = 1'795'132'800'123'456'789, kNowUs = 1'795'132'800'123'457;
constexpr int64_t kMinuteUs = 60'000'000;

Result<query::search::TimeWindow> Range(const std::string& query) {
  const net::Request request{.head = {}, .body = {}};
  const Call call{.request = request,
                  .arguments = {},
                  .parameters = QueryParameters::Parse(query).ValueOrDie()};
  return TimeRangeIn(call, kNow);
}

TEST(TimeRange, IsTheLastHourWhereNothingIsAsked) {
  EXPECT_EQ(Range("")->from_us, kNowUs - 60 * kMinuteUs);
  EXPECT_EQ(Range("")->to_us, kNowUs);
  EXPECT_EQ(Range("from=&to=")->from_us, kNowUs - 60 * kMinuteUs);
}

TEST(TimeRange, IsCountedFromNow) {
  EXPECT_EQ(Range("from=-15m")->from_us, kNowUs - 15 * kMinuteUs);
  EXPECT_EQ(Range("from=now-1h30m&to=now-30m")->from_us, kNowUs - 90 * kMinuteUs);
  EXPECT_EQ(Range("from=now-1h30m&to=now-30m")->to_us, kNowUs - 30 * kMinuteUs);
  EXPECT_EQ(Range("to=+5m")->to_us, kNowUs + 5 * kMinuteUs);
  EXPECT_EQ(Range("to=%2B5m")->to_us, kNowUs + 5 * kMinuteUs);
  EXPECT_EQ(Range("to=now-30m")->from_us, kNowUs - 90 * kMinuteUs) << "an hour before `to`";
}

TEST(TimeRange, IsWhatItSays) {
  EXPECT_EQ(Range("from=2026-11-20&to=2026-11-20T00:00:01Z")->from_us, 1'795'132'800'000'000);
  EXPECT_EQ(Range("from=2026-11-20&to=2026-11-20T00:00:01Z")->to_us, 1'795'132'801'000'000);
  EXPECT_EQ(Range("from=1795132800000000001")->from_us, 1'795'132'800'000'001)
      << "rows have microseconds, and that one is before it";
}

TEST(TimeRange, RefusesWhatIsNoTime) {
  for (const char* query : {"from=x", "from=-5x", "from=now5m", "to=now-", "from=now",
                            "from=-1h&to=-2h", "from=-99999999h"}) {
    EXPECT_EQ(KindOf(Range(query).status()), ErrorKind::kBadRequest) << query;
  }
}

}  // namespace
}  // namespace weir::serve
