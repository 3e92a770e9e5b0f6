// SPDX-License-Identifier: Apache-2.0
#include "base/ids.h"

#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <string>

namespace weir {
namespace {

using std::string_literals::operator""s;

TEST(HexEncode, WritesTwoLowerCaseDigitsAByte) {
  EXPECT_EQ(HexEncode("\x00\x0f\xa0\xff"s), "000fa0ff");
  EXPECT_EQ(HexEncode(""), "");
}

TEST(HexEncodeInt, WritesExactlyThatManyDigitsAndCutsHighOnes) {
  char out[] = "----------------";

  HexEncodeInt(0xab, 6, out);
  EXPECT_EQ(out, "0000ab----------"s);
  HexEncodeInt(0x1234567, 4, out);
  EXPECT_EQ(out, "4567ab----------"s);
  HexEncodeInt(UINT64_MAX, 16, out);
  EXPECT_EQ(out, "ffffffffffffffff"s);
}

TEST(HexDecode, ReadsBothCases) {
  char out[4] = {};

  EXPECT_TRUE(HexDecode("00aFFa9b", out));

  EXPECT_EQ(std::string(out, 4), "\x00\xaf\xfa\x9b"s);
}

TEST(HexDecode, RefusesEveryCharacterThatIsNotHex) {
  char out[1];
  const std::string digits = "0123456789abcdefABCDEF";
  for (int c = 0; c < 256; ++c) {
    const bool is_digit = digits.find(static_cast<char>(c)) != std::string::npos;
    EXPECT_EQ(HexDecode("0"s + static_cast<char>(c), out), is_digit) << c;
    EXPECT_EQ(HexDecode(static_cast<char>(c) + "0"s, out), is_digit) << c;
  }
}

TEST(HexDecode, RefusesAnOddNumberOfDigits) {
  char out[2];

  EXPECT_FALSE(HexDecode("abc", out));
  EXPECT_TRUE(HexDecode("", out));
}

TEST(NewUuid, IsVersionFourAndNeverTheSame) {
  const std::regex version_4("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
  std::set<std::string> seen;
  for (int i = 0; i < 200; ++i) {
    const std::string uuid = NewUuid();
    EXPECT_TRUE(std::regex_match(uuid, version_4)) << uuid;
    EXPECT_TRUE(seen.insert(uuid).second);
  }
}

TEST(NewPositiveInt63, IsPositiveAndNeverTheSame) {
  std::set<int64_t> seen;
  for (int i = 0; i < 1000; ++i) {
    const int64_t value = NewPositiveInt63();
    EXPECT_GT(value, 0);
    EXPECT_TRUE(seen.insert(value).second);
  }
}

}  // namespace
}  // namespace weir
