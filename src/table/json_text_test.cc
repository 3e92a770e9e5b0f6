// SPDX-License-Identifier: Apache-2.0
#include "table/json_text.h"

#include <gtest/gtest.h>

namespace weir::table {
namespace {

std::string JsonText(std::string_view text) {
  std::string out;
  AppendJsonText(out, text);
  return out;
}

TEST(JsonText, EscapesQuotesBackslashesAndControls) {
  EXPECT_EQ(JsonText("a\"b\\c\n\t\r\x01"), R"("a\"b\\c\n\t\r\u0001")");
}

TEST(JsonText, KeepsUtf8AsItIs) { EXPECT_EQ(JsonText("café €"), "\"café €\""); }

TEST(JsonText, ReplacesWhatIsNotUtf8) {
  EXPECT_EQ(JsonText("a\xFFz"), "\"a\xEF\xBF\xBDz\"");
  EXPECT_EQ(JsonText("cut \xE2\x82"), "\"cut \xEF\xBF\xBD\xEF\xBF\xBD\"");
}

TEST(JsonText, PutsCommasOnlyBetweenEntries) {
  std::string out = "{";
  AppendJsonName(out, "a");
  out += "1";
  AppendJsonName(out, "b");
  out += "2}";

  EXPECT_EQ(out, R"({"a":1,"b":2})");
}

TEST(IsUtf8, KnowsWellFormedSequencesOfEveryLength) {
  EXPECT_TRUE(IsUtf8(""));
  EXPECT_TRUE(IsUtf8("a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"));
}

TEST(IsUtf8, RefusesOverlongSurrogateAndCutSequences) {
  EXPECT_FALSE(IsUtf8("\xC0\xAF"));
  EXPECT_FALSE(IsUtf8("\xE0\x80\xAF"));
  EXPECT_FALSE(IsUtf8("\xED\xA0\x80"));
  EXPECT_FALSE(IsUtf8("\xF4\x90\x80\x80"));
  EXPECT_FALSE(IsUtf8("\xE2\x82"));
  EXPECT_FALSE(IsUtf8("\x80"));
}

}  // namespace
}  // namespace weir::table
