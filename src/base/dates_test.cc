// SPDX-License-Identifier: Apache-2.0
#include "base/dates.h"

#include <gtest/gtest.h>

namespace weir {
namespace {

TEST(DateText, CountsDaysFromTheEpoch) {
  EXPECT_EQ(DateText(0), "1970-01-01");
  EXPECT_EQ(DateText(-1), "1969-12-31");
  EXPECT_EQ(DateText(20'777), "2026-11-20");
  EXPECT_EQ(DateText(-719'162), "0001-01-01");
}

TEST(ParseDate, ReadsWhatDateTextWrites) {
  for (const int32_t days : {0, -1, 20'777, -719'162, 2'932'896}) {
    EXPECT_EQ(ParseDate(DateText(days)), days);
  }
}

TEST(ParseDate, RefusesWhatIsNoDay) {
  for (const char* text : {"", "2026-11-2", "2026-11-200", "2026-02-30", "2026-00-01", "2026/11/20",
                           "-026-11-20", "2026-+1-20", "2026-11-2x", " 2026-11-2"}) {
    EXPECT_FALSE(ParseDate(text)) << text;
  }
}

}  // namespace
}  // namespace weir
