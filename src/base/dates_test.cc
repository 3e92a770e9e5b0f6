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

}  // namespace
}  // namespace weir
