// SPDX-License-Identifier: Apache-2.0
#include "datafile/encoding/bit_pack.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "datafile/encoding/page_decoder_fake.h"

namespace weir::datafile {
namespace {

template <typename Number>
void ExpectPacked(int width) {
  std::mt19937_64 random(static_cast<uint64_t>(width));
  for (size_t groups = 0; groups < 20; ++groups) {
    std::vector<Number> values(groups * 8);
    for (Number& value : values)
      value = static_cast<Number>(width == 0 ? 0 : random() >> (64 - width));
    PageBytes out;
    out.AppendByte(77);
    AppendPacked(values.data(), groups, width, out);

    PageDecoder decoder(out.view().substr(1));
    const auto read = decoder.Packed(values.size(), width);
    EXPECT_TRUE(decoder.IsWhole()) << width;
    EXPECT_EQ(std::vector<Number>(read.begin(), read.end()), values) << width;
  }
}

TEST(BitPack, PacksNumbersOfEveryWidth) {
  for (int width = 0; width <= 32; ++width) ExpectPacked<uint32_t>(width);
}

TEST(BitPack, PacksWideNumbersOfEveryWidth) {
  for (int width = 0; width <= 64; ++width) ExpectPacked<uint64_t>(width);
}

TEST(BitPack, PacksBytesOfEveryWidth) {
  for (int width = 1; width <= 8; ++width) ExpectPacked<uint8_t>(width);
}

}  // namespace
}  // namespace weir::datafile
