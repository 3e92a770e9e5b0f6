// SPDX-License-Identifier: Apache-2.0
#include "datafile/text_bound.h"

#include <gtest/gtest.h>

namespace weir::datafile {
namespace {

constexpr std::string_view kLast = "\xf4\x8f\xbf\xbf";  // U+10FFFF.

std::string Times(int count, std::string_view text) {
  std::string all;
  for (int i = 0; i < count; ++i) all += text;
  return all;
}

TEST(TextBound, LeavesTextsOfSixteenCodePointsWhole) {
  EXPECT_EQ(LowerBound(""), "");
  EXPECT_EQ(UpperBound(""), "");
  EXPECT_EQ(LowerBound("0123456789abcdef"), "0123456789abcdef");
  EXPECT_EQ(UpperBound("0123456789abcdef"), "0123456789abcdef");
  EXPECT_EQ(UpperBound(Times(16, "é")), Times(16, "é"));
  EXPECT_EQ(UpperBound(Times(16, kLast)), Times(16, kLast));
}

TEST(TextBound, CutsLongerTextsAndRaisesTheUpperOne) {
  EXPECT_EQ(LowerBound("0123456789abcdefg"), "0123456789abcdef");
  EXPECT_EQ(UpperBound("0123456789abcdefg"), "0123456789abcdeg");
}

TEST(TextBound, CountsCodePointsNotBytes) {
  EXPECT_EQ(LowerBound(Times(17, "é")), Times(16, "é"));
  EXPECT_EQ(UpperBound(Times(17, "é")), Times(15, "é") + "ê");
  EXPECT_EQ(UpperBound(Times(17, "€")), Times(15, "€") + "₭");
  EXPECT_EQ(UpperBound(Times(17, "😀")), Times(15, "😀") + "😁");
}

TEST(TextBound, GrowsToALongerSequenceWhereTheCodePointIsTheLastOfItsLength) {
  const std::string head(15, 'a');

  EXPECT_EQ(UpperBound(head + "\x7f" + "z"), head + "\xc2\x80");
  EXPECT_EQ(UpperBound(head + "\xdf\xbf" + "z"), head + "\xe0\xa0\x80");
  EXPECT_EQ(UpperBound(head + "\xef\xbf\xbf" + "z"), head + "\xf0\x90\x80\x80");
}

TEST(TextBound, StepsOverSurrogates) {
  const std::string head(15, 'a');

  EXPECT_EQ(UpperBound(head + "\xed\x9f\xbf" + "z"), head + "\xee\x80\x80");
}

TEST(TextBound, RaisesAnEarlierCodePointWhereTheLastIsTheHighest) {
  EXPECT_EQ(UpperBound(std::string(15, 'a') + std::string(kLast) + "z"),
            std::string(14, 'a') + "b");
  EXPECT_EQ(UpperBound("a" + Times(16, kLast)), "b");
}

TEST(TextBound, GivesNoUpperBoundWhereNothingCanBeRaised) {
  EXPECT_EQ(UpperBound(Times(17, kLast)), std::nullopt);
  EXPECT_EQ(UpperBound(Times(16, kLast) + "a"), std::nullopt);
  EXPECT_EQ(LowerBound(Times(17, kLast)), Times(16, kLast));
}

TEST(TextBound, StaysInsideBytesThatAreNotUtf8) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string text(17, static_cast<char>(byte));
    EXPECT_TRUE(text.starts_with(LowerBound(text))) << byte;
    EXPECT_LE(UpperBound(text).value_or("").size(), 68u) << byte;
  }
}

}  // namespace
}  // namespace weir::datafile
