// SPDX-License-Identifier: Apache-2.0
#include "views/views.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace weir::views {
namespace {

TEST(TextOf, NamesTheTablesOfTheViewsSetInFull) {
  EXPECT_NE(TextOf("telemetry", "service_summary")->find("FROM \"telemetry\".\"otel_spans\""),
            std::string::npos);
  EXPECT_NE(
      TextOf("a\"b", "shop_service_map")->find("JOIN \"a\"\"b\".\"shop_otel_spans\" AS caller"),
      std::string::npos);
}

TEST(TextOf, KnowsNoOtherNames) {
  for (const char* name : {"", "otel_spans", "service", "myservice_map", "service_map_x"}) {
    EXPECT_FALSE(TextOf("telemetry", name)) << name;
  }
}

TEST(AllViews, AreSortedAndNameTablesInBracesOnly) {
  EXPECT_TRUE(std::ranges::is_sorted(AllViews(), {}, &View::name));
  for (const View& view : AllViews()) {
    const auto text = TextOf("s", view.name);
    ASSERT_TRUE(text) << view.name;
    EXPECT_EQ(text->find("{otel"), std::string::npos) << view.name;
    for (size_t at = text->find("otel_"); at != std::string::npos;
         at = text->find("otel_", at + 1)) {
      EXPECT_EQ(text->substr(at - 5, 5), "\"s\".\"") << view.name;
    }
    EXPECT_FALSE(view.summary.empty()) << view.name;
  }
}

}  // namespace
}  // namespace weir::views
