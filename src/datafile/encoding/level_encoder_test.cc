// SPDX-License-Identifier: Apache-2.0
#include "datafile/encoding/level_encoder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <random>
#include <vector>

#include "datafile/encoding/page_decoder_fake.h"

namespace weir::datafile {
namespace {

std::vector<uint8_t> Decode(const PageBytes& page, size_t count, int level_max) {
  PageDecoder decoder(page.view());
  EXPECT_EQ(decoder.Little(4) + 4, page.size());
  const auto levels = decoder.Hybrid(count, std::bit_width(static_cast<unsigned>(level_max)));
  EXPECT_TRUE(decoder.IsWhole());
  return {levels.begin(), levels.end()};
}

/// Stretches of one level between mixed ones.
std::vector<uint8_t> RandomLevels(uint64_t seed, int level_max) {
  std::mt19937_64 random(seed);
  std::vector<uint8_t> levels;
  const size_t count = random() % 600;
  while (levels.size() < count) {
    const bool is_run = random() % 2 == 0;
    for (size_t i = random() % (is_run ? 120 : 20); i > 0; --i) {
      levels.push_back(is_run && !levels.empty()
                           ? levels.back()
                           : static_cast<uint8_t>(random() % static_cast<uint64_t>(level_max + 1)));
    }
  }
  return levels;
}

TEST(LevelEncoder, GivesBackRandomLevels) {
  for (int level_max = 1; level_max <= 7; ++level_max) {
    for (uint64_t seed = 0; seed < 300; ++seed) {
      const auto levels = RandomLevels(seed, level_max);
      PageBytes page;
      AppendLevels(levels, level_max, page);
      EXPECT_EQ(Decode(page, levels.size(), level_max), levels) << seed;
    }
  }
}

TEST(LevelEncoder, WritesTheSameLevelsAsOneRun) {
  PageBytes page;
  AppendSameLevels(3, 16384, 6, page);

  EXPECT_EQ(page.size(), 4 + 3 + 1u);
  EXPECT_EQ(Decode(page, 16384, 6), std::vector<uint8_t>(16384, 3));
}

TEST(LevelEncoder, FindsTheRunThatTheSameLevelsAre) {
  PageBytes page;
  AppendLevels(std::vector<uint8_t>(16381, 1), 1, page);

  EXPECT_EQ(page.size(), 4 + 3 + 1u);
}

TEST(LevelEncoder, WritesNothingWhereAllLevelsAreZero) {
  PageBytes page;
  AppendLevels(std::vector<uint8_t>(10, 0), 0, page);
  AppendSameLevels(0, 10, 0, page);

  EXPECT_EQ(page.size(), 0u);
}

TEST(LevelEncoder, CountsALevel) {
  for (uint64_t seed = 0; seed < 100; ++seed) {
    auto levels = RandomLevels(seed, 3);
    levels.insert(levels.end(), 20 * seed * 16, 2);
    EXPECT_EQ(CountLevel(levels, 2), static_cast<size_t>(std::ranges::count(levels, 2)));
  }
}

}  // namespace
}  // namespace weir::datafile
