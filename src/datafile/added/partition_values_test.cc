// SPDX-License-Identifier: Apache-2.0
#include "datafile/added/partition_values.h"

#include <gtest/gtest.h>

#include <string>

namespace weir::datafile {
namespace {

PartitionValue Of(Transform transform, int32_t argument, Bound value) {
  return Transformed({.column = "c", .transform = transform, .argument = argument},
                     PartitionValue(std::move(value)));
}

// The specification's table of hashes.
TEST(PartitionValues, HashAsTheSpecificationSays) {
  EXPECT_EQ(BucketHash("iceberg"), 1210000089);
  EXPECT_EQ(BucketHash(std::string("\x22\0\0\0\0\0\0\0", 8)), 2017239379);
  EXPECT_EQ(BucketHash(std::string("\0\1\2\3", 4)), -188683207);
}

TEST(PartitionValues, FallIntoBucketsWhateverTheirWidth) {
  EXPECT_EQ(Of(Transform::kBucket, 16, int32_t{34}), Bound(int32_t{2017239379 % 16}));
  EXPECT_EQ(Of(Transform::kBucket, 16, int64_t{34}), Bound(int32_t{2017239379 % 16}));
  EXPECT_EQ(Of(Transform::kBucket, 16, std::string("iceberg")), Bound(int32_t{1210000089 % 16}));
}

TEST(PartitionValues, AreFlooredBeforeTheEpochToo) {
  EXPECT_EQ(Of(Transform::kHour, 0, int64_t{-1}), Bound(int32_t{-1}));
  EXPECT_EQ(Of(Transform::kHour, 0, int64_t{3'600'000'000}), Bound(int32_t{1}));
  EXPECT_EQ(Of(Transform::kDay, 0, int64_t{-86'400'000'001}), Bound(int32_t{-2}));
  EXPECT_EQ(Of(Transform::kMonth, 0, int32_t{20'777}), Bound(int32_t{(2026 - 1970) * 12 + 10}));
  EXPECT_EQ(Of(Transform::kYear, 0, int32_t{-1}), Bound(int32_t{-1}));
}

TEST(PartitionValues, AreCutByCodePointsAndDownwards) {
  EXPECT_EQ(Of(Transform::kTruncate, 2, std::string("süden")), Bound(std::string("sü")));
  EXPECT_EQ(Of(Transform::kTruncate, 9, std::string("süden")), Bound(std::string("süden")));
  EXPECT_EQ(Of(Transform::kTruncate, 10, int32_t{-1}), Bound(int32_t{-10}));
  EXPECT_EQ(Of(Transform::kTruncate, 10, int64_t{19}), Bound(int64_t{10}));
}

TEST(PartitionValues, StayNull) {
  EXPECT_EQ(Transformed({.column = "c", .transform = Transform::kHour}, std::nullopt),
            std::nullopt);
}

}  // namespace
}  // namespace weir::datafile
