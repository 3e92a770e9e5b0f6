// SPDX-License-Identifier: Apache-2.0
#include "datafile/encoding/index_packer.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "datafile/encoding/page_decoder_fake.h"

namespace weir::datafile {
namespace {

std::vector<int32_t> Decode(const PageBytes& page, size_t count) {
  PageDecoder decoder(page.view());
  const int width = decoder.Byte();
  const auto indices = decoder.Hybrid(count, width);
  EXPECT_TRUE(decoder.IsWhole());
  return {indices.begin(), indices.end()};
}

std::vector<int32_t> RandomIndices(uint64_t seed, int width) {
  std::mt19937_64 random(seed);
  std::vector<int32_t> indices;
  const size_t count = random() % 1500;
  while (indices.size() < count) {
    const auto index = static_cast<int32_t>(random() >> (64 - width));
    indices.insert(indices.end(), random() % 3 == 0 ? random() % 200 : 1, index);
  }
  return indices;
}

TEST(IndexPacker, GivesBackRandomIndicesOfEveryWidth) {
  for (int width = 1; width <= 31; ++width) {
    for (uint64_t seed = 0; seed < 60; ++seed) {
      const auto indices = RandomIndices(seed, width);
      PageBytes page;
      AppendIndices(indices, width, nullptr, page);
      EXPECT_EQ(Decode(page, indices.size()), indices) << width << " " << seed;
    }
  }
}

TEST(IndexPacker, MarksWhatIsUsedAndNothingElse) {
  for (uint64_t seed = 0; seed < 60; ++seed) {
    const auto indices = RandomIndices(seed, 6);
    std::vector<uint8_t> expected(64), marks(64);
    for (const int32_t index : indices) expected[static_cast<size_t>(index)] = 1;
    PageBytes page;
    AppendIndices(indices, 6, marks.data(), page);
    EXPECT_EQ(marks, expected) << seed;
  }
}

TEST(IndexPacker, WritesAConstantPageAsOneRun) {
  PageBytes found, known;
  AppendIndices(std::vector<int32_t>(16383, 5), 4, nullptr, found);
  AppendSameIndices(5, 16383, 4, known);

  EXPECT_EQ(found.size(), 1 + 3 + 1u);
  EXPECT_EQ(found.view(), known.view());
}

TEST(IndexPacker, RoundsTheWidthOfLargeDictionariesAndOfMapsToBytes) {
  EXPECT_EQ(IndexWidth(0, false), 1);
  EXPECT_EQ(IndexWidth(1, false), 1);
  EXPECT_EQ(IndexWidth(2, false), 1);
  EXPECT_EQ(IndexWidth(3, false), 2);
  EXPECT_EQ(IndexWidth(4096, false), 12);
  EXPECT_EQ(IndexWidth(4097, false), 16);
  EXPECT_EQ(IndexWidth(65537, false), 24);
  EXPECT_EQ(IndexWidth(3, true), 8);
  EXPECT_EQ(IndexWidth(257, true), 16);
}

TEST(IndexPacker, GathersTheBitsOfAllIndices) {
  std::vector<int32_t> indices(100, 1);
  indices[99] = 64;
  EXPECT_EQ(BitsOf(indices), 65u);
  indices[3] = -1;
  EXPECT_EQ(BitsOf(indices), ~0u);
  EXPECT_EQ(BitsOf({}), 0u);
}

}  // namespace
}  // namespace weir::datafile
