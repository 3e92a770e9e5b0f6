// SPDX-License-Identifier: Apache-2.0
#include "serve/request_target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir::serve {
namespace {

using ::testing::ElementsAre;

TEST(RequestTarget, SplitsBeforeItDecodes) {
  EXPECT_THAT(*SplitPath("/a%2Fb/c%1Fd"), ElementsAre("a/b",
                                                      "c\x1f"
                                                      "d"));
}

TEST(RequestTarget, IgnoresATrailingSlashButNotAnEmptySegment) {
  EXPECT_THAT(*SplitPath("/a/"), ElementsAre("a"));
  EXPECT_THAT(*SplitPath("/a//b"), ElementsAre("a", "", "b"));
  EXPECT_THAT(*SplitPath("/"), ElementsAre());
}

TEST(RequestTarget, RefusesBrokenEscapes) {
  EXPECT_EQ(KindOf(PercentDecode("%").status()), ErrorKind::kBadRequest);
  EXPECT_EQ(KindOf(PercentDecode("%4").status()), ErrorKind::kBadRequest);
  EXPECT_EQ(KindOf(PercentDecode("%4g").status()), ErrorKind::kBadRequest);
  EXPECT_EQ(*PercentDecode("%41"), "A");
}

TEST(RequestTarget, ReadsAPlusAsASpaceInQueriesOnly) {
  EXPECT_EQ(*PercentDecode("a+b"), "a+b");
  EXPECT_EQ(QueryParameters::Parse("q=a+b")->Find("q"), "a b");
}

TEST(RequestTarget, FindsTheFirstParameterOfAName) {
  auto parameters = *QueryParameters::Parse("a=1&b&a=2&&c=x%3Dy=z");

  EXPECT_EQ(parameters.Find("a"), "1");
  EXPECT_EQ(parameters.Find("b"), "");
  EXPECT_EQ(parameters.Find("c"), "x=y=z");
  EXPECT_EQ(parameters.Find("d"), std::nullopt);
}

TEST(RequestTarget, RefusesTooManyParameters) {
  std::string query;
  for (int i = 0; i < 65; ++i) query += "a=1&";
  EXPECT_FALSE(QueryParameters::Parse(query).ok());
}

}  // namespace
}  // namespace weir::serve
