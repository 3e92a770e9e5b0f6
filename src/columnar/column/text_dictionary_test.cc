// SPDX-License-Identifier: Apache-2.0
#include "columnar/column/text_dictionary.h"

#include <arrow/array.h>
#include <gtest/gtest.h>

#include <string>

namespace weir::columnar {
namespace {

using std::string_literals::operator""s;

TEST(TextDictionary, NumbersTextsInOrderOfAppearance) {
  TextDictionary dictionary;

  EXPECT_EQ(dictionary.Intern("b"), 0);
  EXPECT_EQ(dictionary.Intern("a"), 1);
  EXPECT_EQ(dictionary.Intern("b"), 0);
  EXPECT_EQ(dictionary.Intern(""), 2);
  EXPECT_EQ(dictionary.Intern("a\0"s), 3);
  EXPECT_EQ(dictionary.size(), 4);
  EXPECT_EQ(dictionary.at(1), "a");
  EXPECT_EQ(dictionary.at(2), "");
}

TEST(TextDictionary, FindsEveryTextAgainAfterItHasGrown) {
  TextDictionary dictionary;
  for (int i = 0; i < 5000; ++i) ASSERT_EQ(dictionary.Intern("text " + std::to_string(i)), i);
  for (int i = 0; i < 5000; ++i) ASSERT_EQ(dictionary.Intern("text " + std::to_string(i)), i);

  EXPECT_EQ(dictionary.size(), 5000);
}

TEST(TextDictionary, RefusesWhatIsNotUtf8AndKeepsNothingOfIt) {
  TextDictionary dictionary;

  EXPECT_EQ(dictionary.Intern("\xff"), TextDictionary::kNotText);
  EXPECT_EQ(dictionary.Intern("\xff"), TextDictionary::kNotText);
  EXPECT_EQ(dictionary.size(), 0);
}

TEST(TextDictionary, KeepsNewTextsUnsharedPastItsLimit) {
  TextDictionary dictionary;
  const int32_t limit = TextDictionary::kDistinctMax;
  for (int i = 0; i < limit; ++i) ASSERT_EQ(dictionary.Intern(std::to_string(i)), i);

  EXPECT_EQ(dictionary.Intern("new"), limit);
  EXPECT_EQ(dictionary.Intern("new"), limit + 1);
  EXPECT_EQ(dictionary.Intern("17"), 17);
  EXPECT_EQ(dictionary.at(limit + 1), "new");
}

TEST(TextDictionary, HashesEqualTextsEqually) {
  TextDictionary one, two;
  uint64_t first = 0, second = 0, other = 0;
  one.Intern("a", &first);
  two.Intern("b", &other);
  two.Intern("a", &second);

  EXPECT_EQ(first, second);
  EXPECT_NE(first, other);
}

TEST(TextDictionary, ShowsAllTextsToArrow) {
  TextDictionary dictionary;
  dictionary.Intern("a");
  dictionary.Intern("");
  dictionary.Intern("cc");

  const auto texts = dictionary.ToArrow();

  EXPECT_TRUE(texts->ValidateFull().ok());
  EXPECT_EQ(texts->length(), 3);
  EXPECT_EQ(texts->GetString(2), "cc");
  EXPECT_EQ(dictionary.table().at(2), "cc");
}

TEST(TextDictionary, LetsOnlyARowsOwnTextsLeaveOneByOne) {
  TextDictionary own, shared(TextUse::kShared);
  const std::string text(1 << 20, 'x');
  for (int i = 0; i < 1024; ++i) own.Intern(text);
  EXPECT_TRUE(own.fits_dense());
  own.Intern(text);

  // A gibibyte of texts, though all the same one, could pass what Arrow's offsets can count.
  EXPECT_FALSE(own.fits_dense());
  EXPECT_FALSE(shared.fits_dense());
}

TEST(IsUtf8, LooksAtEveryByte) {
  for (size_t size = 0; size < 40; ++size) {
    std::string text(size, 'a');
    EXPECT_TRUE(IsUtf8(text));
    for (size_t at = 0; at < size; ++at) {
      text[at] = '\x80';
      EXPECT_FALSE(IsUtf8(text)) << size << " " << at;
      text[at] = 'a';
    }
  }
}

TEST(IsUtf8, KnowsWellFormedFromMalformed) {
  for (const auto* text : {"\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(IsUtf8(text)) << text;
  }
  // Overlong, a surrogate, above U+10FFFF, cut short.
  for (const auto* text : {"\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82"}) {
    EXPECT_FALSE(IsUtf8(text)) << text;
  }
}

}  // namespace
}  // namespace weir::columnar
