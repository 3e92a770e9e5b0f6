// SPDX-License-Identifier: Apache-2.0
#include "serve/time_parameter.h"

#include <gtest/gtest.h>

namespace weir::serve {
namespace {

TEST(ParseTime, ReadsNanosecondsDaysAndTimes) {
  EXPECT_EQ(*ParseTime("since", "1795184173000000001"), 1'795'184'173'000'000'001);
  EXPECT_EQ(*ParseTime("since", "-5"), -5);
  EXPECT_EQ(*ParseTime("since", "1970-01-02"), 86'400'000'000'000);
  EXPECT_EQ(*ParseTime("since", "2026-11-20T14:16:13Z"), 1'795'184'173'000'000'000);
  EXPECT_EQ(*ParseTime("since", "2026-11-20T14:16:13.25Z"), 1'795'184'173'250'000'000);
  EXPECT_EQ(*ParseTime("since", "2026-11-20T14:16:13.123456789Z"), 1'795'184'173'123'456'789);
}

TEST(ParseTime, RefusesWhatIsNoTime) {
  for (const char* text :
       {"", "yesterday", "2026-02-30", "2026-11-20T", "2026-11-20T14:16:13", "2026-11-20T24:00:00Z",
        "2026-11-20T14:60:00Z", "2026-11-20T14:16:13.Zx", "1677-01-01", "2262-01-01", "2026-1-2",
        "12345678901234567890", "2026-11-20T14:16:13.1234567891Z", "+5"}) {
    EXPECT_EQ(KindOf(ParseTime("since", text).status()), ErrorKind::kBadRequest) << text;
  }
}

}  // namespace
}  // namespace weir::serve
