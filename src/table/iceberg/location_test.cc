// SPDX-License-Identifier: Apache-2.0
#include "table/iceberg/location.h"

#include <gtest/gtest.h>

namespace weir::table::iceberg {
namespace {

const Location kSpans{.uri = "file:///w/t/spans", .root = "t/spans"};

TEST(Location, TranslatesBetweenUriRelativeAndStorePath) {
  EXPECT_EQ(kSpans.Uri("data/a"), "file:///w/t/spans/data/a");
  EXPECT_EQ(kSpans.Relative("file:///w/t/spans/data/a"), "data/a");
  EXPECT_EQ(kSpans.StorePath("file:///w/t/spans/data/a"), "t/spans/data/a");
}

TEST(Location, LeavesForeignUrisAsTheyAre) {
  EXPECT_EQ(kSpans.Relative("s3://other/a"), "s3://other/a");
  EXPECT_EQ(kSpans.Uri("s3://other/a"), "s3://other/a");
}

TEST(Location, HasNoStorePathForWhatLiesOutside) {
  EXPECT_EQ(kSpans.StorePath("file:///w/t/spans2/a"), "");
  EXPECT_EQ(kSpans.StorePath("file:///w/t/spans/"), "");
}

}  // namespace
}  // namespace weir::table::iceberg
