// SPDX-License-Identifier: Apache-2.0
#include "base/zstd_decompressor.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/zstd_compressor.h"

namespace weir {
namespace {

std::string FrameOf(const std::string& plain) {
  std::vector<uint8_t> out(ZstdCompressor::BytesMax(plain.size()));
  const size_t size = ZstdCompressor(1).Compress(plain, out).ValueOrDie();
  return {reinterpret_cast<const char*>(out.data()), size};
}

TEST(ZstdDecompressor, GivesBackFrameAfterFrame) {
  ZstdDecompressor zstd;
  for (const std::string& plain : {std::string("b"), std::string(100'000, 'a'), std::string(),
                                   std::string(70'000, 'c'), std::string(200'000, 'd')}) {
    const auto back = zstd.Decompress(FrameOf(plain), 200'000);
    ASSERT_TRUE(back.ok()) << back.status().ToString();
    EXPECT_EQ(*back, plain);
  }
}

TEST(ZstdDecompressor, RefusesWhatIsNoFrameOrTooLarge) {
  ZstdDecompressor zstd;
  const std::string frame = FrameOf(std::string(1'000, 'a'));
  for (const std::string& bad : {std::string(), std::string("no frame"), frame.substr(0, 10)}) {
    EXPECT_EQ(KindOf(zstd.Decompress(bad, 1'000).status()), ErrorKind::kBadRequest);
  }

  EXPECT_FALSE(zstd.Decompress(frame, 999).ok());
  EXPECT_TRUE(zstd.Decompress(frame, 1'000).ok());
}

}  // namespace
}  // namespace weir
