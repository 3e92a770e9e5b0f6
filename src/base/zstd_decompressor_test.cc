// SPDX-License-Identifier: Apache-2.0
#include "base/zstd_decompressor.h"

#include <gtest/gtest.h>
#include <zstd.h>

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

/// As writers do that do not know the size beforehand.
std::string StreamOf(const std::string& plain) {
  ZSTD_CCtx* zstd = ZSTD_createCCtx();
  std::string out(ZSTD_compressBound(plain.size()) + 64, '\0');
  ZSTD_outBuffer to{out.data(), out.size(), 0};
  for (const bool is_end : {false, true}) {
    ZSTD_inBuffer from{plain.data(), is_end ? 0 : plain.size(), 0};
    EXPECT_EQ(ZSTD_compressStream2(zstd, &to, &from, is_end ? ZSTD_e_end : ZSTD_e_continue), 0U);
  }
  ZSTD_freeCCtx(zstd);
  out.resize(to.pos);
  return out;
}

TEST(ZstdDecompressor, ReadsFramesThatDoNotTellTheirSize) {
  ZstdDecompressor zstd;
  for (const std::string& plain : {std::string("b"), std::string(3'000'000, 'a'), std::string()}) {
    const std::string frame = StreamOf(plain);
    ASSERT_EQ(ZSTD_getFrameContentSize(frame.data(), frame.size()), ZSTD_CONTENTSIZE_UNKNOWN);

    const auto back = zstd.Decompress(frame, 3'000'000);

    ASSERT_TRUE(back.ok()) << back.status().ToString();
    EXPECT_EQ(*back, plain);
    EXPECT_FALSE(ZstdDecompressor().Decompress(frame.substr(0, frame.size() - 1), 9'000'000).ok());
    EXPECT_FALSE(ZstdDecompressor().Decompress(frame + "more", 9'000'000).ok());
  }
  EXPECT_FALSE(
      ZstdDecompressor().Decompress(StreamOf(std::string(3'000'000, 'a')), 2'999'999).ok());
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
