// SPDX-License-Identifier: Apache-2.0
#include "datafile/encoding/delta_binary.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <vector>

#include "datafile/encoding/page_decoder_fake.h"

namespace weir::datafile {
namespace {

template <typename Number>
void ExpectGivenBack(const std::vector<Number>& values) {
  PageBytes page;
  AppendDeltas(std::span<const Number>(values), page);

  PageDecoder decoder(page.view());
  EXPECT_EQ(decoder.Deltas<Number>(), values);
  EXPECT_TRUE(decoder.IsWhole());
}

template <typename Number>
void ExpectEveryWidthGivenBack() {
  constexpr int kBits = std::numeric_limits<Number>::digits + 1;
  std::mt19937_64 random(kBits);
  for (int bits = 1; bits <= kBits; ++bits) {
    for (const size_t count : {0, 1, 2, 32, 33, 128, 129, 130, 161, 500}) {
      std::vector<Number> values(count);
      for (Number& value : values) value = static_cast<Number>(random() >> (64 - bits));
      ExpectGivenBack(values);
    }
  }
}

TEST(DeltaBinary, GivesBackNumbersOfEveryWidth) {
  ExpectEveryWidthGivenBack<int32_t>();
  ExpectEveryWidthGivenBack<int64_t>();
}

TEST(DeltaBinary, WrapsAroundAtTheEndsOfTheType) {
  using Ints = std::numeric_limits<int32_t>;
  using Longs = std::numeric_limits<int64_t>;
  ExpectGivenBack<int32_t>(
      {Ints::min(), Ints::max(), 0, Ints::min(), -1, Ints::max(), Ints::max()});
  ExpectGivenBack<int64_t>({Longs::min(), Longs::max(), 0, Longs::min(), -1, Longs::max()});
}

TEST(DeltaBinary, PacksNoBitsWhereTheDifferencesAreTheSame) {
  std::vector<int64_t> values;
  for (int64_t i = 0; i < 129; ++i) values.push_back(1795132800000000 + i * 100);
  PageBytes full, cut;
  AppendDeltas(std::span<const int64_t>(values), full);
  AppendDeltas(std::span<const int64_t>(values).first(100), cut);

  // Header: 2 + 1 + 2 (or 1) + 8; block: least delta of 2 bytes and four widths.
  EXPECT_EQ(full.size(), 13 + 2 + 4u);
  EXPECT_EQ(cut.size(), 12 + 2 + 4u);
}

TEST(DeltaBinary, WritesAConstantAsIfItsValuesWereThere) {
  for (const size_t count : {0, 1, 2, 128, 129, 130, 257, 16384}) {
    PageBytes known, found;
    AppendSameDeltas(32, count, known);
    AppendDeltas(std::vector<int32_t>(count, 32), found);
    EXPECT_EQ(known.view(), found.view()) << count;
  }
}

}  // namespace
}  // namespace weir::datafile
