// SPDX-License-Identifier: Apache-2.0
#include "columnar/otlp_json/words.h"

#include <gtest/gtest.h>

#include <charconv>
#include <random>
#include <string>

#include "columnar/otlp_json/scalars.h"

namespace weir::columnar::otlp_json {
namespace {

TEST(Words, ReadRandomDigitsAsFromCharsDoes) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 20'000; ++i) {
    // At most nineteen digits; what stands before them does not matter.
    const std::string digits =
        std::to_string((random() >> random() % 64) % 10'000'000'000'000'000'000u);
    const std::string text = std::string("9:x-\"/\xff") + std::string(8, '9') + digits;
    uint64_t number = 0, expected = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), expected);

    ASSERT_TRUE(ReadDigits(text.data() + text.size(), digits.size(), number)) << digits;
    ASSERT_EQ(number, expected);
  }
}

TEST(Words, ReadNoDigitsWhereAnyByteIsNone) {
  for (size_t size = 1; size <= 19; ++size) {
    for (size_t at = 0; at < size; ++at) {
      for (int byte = 0; byte < 256; ++byte) {
        if (byte >= '0' && byte <= '9') continue;
        std::string text(8 + size, '7');
        text[8 + at] = static_cast<char>(byte);
        uint64_t number = 0;
        ASSERT_FALSE(ReadDigits(text.data() + text.size(), size, number)) << text;
      }
    }
  }
}

TEST(Words, CopyTextOfAnySizeAndFindABackslashAnywhere) {
  for (size_t size = 0; size <= 100; ++size) {
    std::string from(size + kCopyOverrun, 'x');
    for (size_t i = 0; i < size; ++i) from[i] = static_cast<char>('a' + i % 26);
    std::string to(size + kCopyOverrun, '-');

    EXPECT_TRUE(CopyPlain(from.data(), size, to.data()));
    EXPECT_EQ(to.substr(0, size), from.substr(0, size));
    for (size_t at = 0; at < size; ++at) {
      std::string escaped = from;
      escaped[at] = '\\';
      EXPECT_FALSE(CopyPlain(escaped.data(), size, to.data())) << size << " " << at;
    }
  }
}

TEST(Words, DecodeHexOfAnySizeWithAnyByteAnywhere) {
  for (const size_t size : {2, 14, 16, 18, 32, 34, 48}) {
    for (size_t at = 0; at < size; ++at) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string text(size, '0');
        text[at] = static_cast<char>(byte);
        const auto digit =
            std::string_view("0123456789abcdef").find(static_cast<char>(byte | 0x20));
        const bool is_digit =
            (byte >= '0' && byte <= '9') || (byte >= 'A' && digit != std::string::npos);
        const size_t value = is_digit && byte < 'A' ? byte - '0' : digit;
        std::string out(size, '-'), expected(size / 2, '\0');
        if (is_digit) expected[at / 2] = static_cast<char>(at % 2 == 0 ? value << 4 : value);

        const auto length = DecodeHex(text, out.data());
        ASSERT_EQ(length.has_value(), is_digit) << size << " " << at << " " << byte;
        if (is_digit) {
          ASSERT_EQ(out.substr(0, *length), expected) << text;
        }
      }
    }
  }
}

}  // namespace
}  // namespace weir::columnar::otlp_json
