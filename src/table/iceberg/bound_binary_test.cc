// SPDX-License-Identifier: Apache-2.0
#include "table/iceberg/bound_binary.h"

#include <gtest/gtest.h>

#include <cmath>

namespace weir::table::iceberg {
namespace {

using datafile::Bound;

TEST(BoundBinary, WritesLittleEndianOfTheTypesWidth) {
  EXPECT_EQ(BoundBinary(Bound(true), LeafType::kBoolean), std::string("\1", 1));
  EXPECT_EQ(BoundBinary(Bound(int32_t{-2}), LeafType::kInt), "\xFE\xFF\xFF\xFF");
  EXPECT_EQ(BoundBinary(Bound(int64_t{258}), LeafType::kLong), std::string("\2\1\0\0\0\0\0\0", 8));
  EXPECT_EQ(BoundBinary(Bound(1.0), LeafType::kFloat), std::string("\0\0\x80\x3F", 4));
  EXPECT_EQ(BoundBinary(Bound(1.0), LeafType::kDouble), std::string("\0\0\0\0\0\0\xF0\x3F", 8));
  EXPECT_EQ(BoundBinary(Bound(std::string("é")), LeafType::kText), "é");
}

TEST(BoundBinary, GivesNothingForABoundOfAnotherType) {
  EXPECT_EQ(BoundBinary(Bound(int32_t{1}), LeafType::kLong), std::nullopt);
  EXPECT_EQ(BoundBinary(Bound(int64_t{1}), LeafType::kOther), std::nullopt);
}

TEST(BoundBinary, ReadsBackWhatItWrote) {
  EXPECT_EQ(BoundFromBinary("\xFE\xFF\xFF\xFF", LeafType::kInt), Bound(int32_t{-2}));
  EXPECT_EQ(BoundFromBinary(std::string("\0\0\x80\x3F", 4), LeafType::kFloat), Bound(1.0));
  EXPECT_EQ(BoundFromBinary("ab", LeafType::kText), Bound(std::string("ab")));
}

TEST(BoundBinary, ReadsNothingFromBytesOfAWrongLengthOrNaN) {
  EXPECT_EQ(BoundFromBinary("abc", LeafType::kInt), std::nullopt);
  EXPECT_EQ(BoundFromBinary("", LeafType::kBoolean), std::nullopt);
  EXPECT_EQ(BoundFromBinary(std::string("\0\0\xC0\x7F", 4), LeafType::kFloat), std::nullopt);
}

}  // namespace
}  // namespace weir::table::iceberg
