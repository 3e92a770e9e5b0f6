// SPDX-License-Identifier: Apache-2.0
#include "columnar/column/short_text.h"

#include <gtest/gtest.h>

#include <string>

namespace weir::columnar {
namespace {

TEST(EqualTexts, LookAtEveryByte) {
  for (size_t size = 0; size < 70; ++size) {
    std::string text(size, 'a');
    for (size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + i % 26);
    const std::string same = text;
    EXPECT_TRUE(EqualTexts(text, same));
    EXPECT_FALSE(EqualTexts(text, same + "x"));
    for (size_t at = 0; at < size; ++at) {
      ++text[at];
      EXPECT_FALSE(EqualTexts(text, same)) << size << " " << at;
      --text[at];
    }
  }
}

}  // namespace
}  // namespace weir::columnar
