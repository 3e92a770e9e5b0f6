// SPDX-License-Identifier: Apache-2.0
#include "base/zstd_compressor.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/compression.h"

namespace weir {
namespace {

TEST(ZstdCompressor, MakesFramesThatStandAlone) {
  ZstdCompressor zstd(1);
  std::vector<uint8_t> out(ZstdCompressor::BytesMax(100'000));
  for (const std::string& plain : {std::string(100'000, 'a'), std::string(), std::string("b")}) {
    const Result<size_t> size = zstd.Compress(plain, out);
    ASSERT_TRUE(size.ok());
    const std::string_view frame(reinterpret_cast<const char*>(out.data()), *size);
    const Result<std::string> back = Decompress(Compression::kZstd, frame, 200'000);
    ASSERT_TRUE(back.ok()) << back.status().ToString();
    EXPECT_EQ(*back, plain);
  }
}

TEST(ZstdCompressor, SaysWhereThereIsNoRoom) {
  std::vector<uint8_t> out(4);

  EXPECT_FALSE(ZstdCompressor(1).Compress(std::string(1000, 'x'), out).ok());
}

}  // namespace
}  // namespace weir
