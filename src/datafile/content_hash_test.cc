// SPDX-License-Identifier: Apache-2.0
#include "datafile/content_hash.h"

#include <gtest/gtest.h>

namespace weir::datafile {
namespace {

TEST(ContentHash, IsTheSameInPieces) {
  const std::string bytes(100'000, 'x');
  ContentHash pieces;
  for (size_t at = 0; at < bytes.size(); at += 977) {
    pieces.Add(std::string_view(bytes).substr(at, 977));
  }

  EXPECT_EQ(pieces.Text(), ContentHashOf(bytes));
}

TEST(ContentHash, IsWhatOtherProgramsCompute) {
  EXPECT_EQ(ContentHashOf(""), "2d06800538d394c2");  // xxhsum -H3
}

TEST(ContentHash, IsAnotherForEachFlippedBit) {
  std::string bytes(1'000, 'a');
  const std::string sound = ContentHashOf(bytes);
  for (size_t at = 0; at < bytes.size(); at += 13) {
    bytes[at] ^= 1;
    EXPECT_NE(ContentHashOf(bytes), sound) << at;
    bytes[at] ^= 1;
  }
}

}  // namespace
}  // namespace weir::datafile
