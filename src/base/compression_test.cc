// SPDX-License-Identifier: Apache-2.0
#include "base/compression.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <functional>
#include <string>

namespace weir {
namespace {

using std::string_literals::operator""s;

constexpr size_t kPlenty = 1 << 20;

std::string ZlibCompress(std::string_view bytes) {
  uLongf size = compressBound(bytes.size());
  std::string out(size, '\0');
  compress(reinterpret_cast<Bytef*>(out.data()), &size,
           reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
  out.resize(size);
  return out;
}

struct Format {
  const char* name;
  Compression compression;
  std::function<std::string(std::string_view)> compress;
};

const Format kFormats[] = {
    {"gzip", Compression::kGzip, [](std::string_view bytes) { return GzipCompress(bytes, 6); }},
    {"deflate", Compression::kDeflate, ZlibCompress},
    {"zstd", Compression::kZstd, [](std::string_view bytes) { return ZstdCompress(bytes, 3); }},
};

/// What a refusal says; `accepted` where there is none.
std::string RefusalOf(Compression compression, std::string_view bytes, size_t bytes_max = kPlenty) {
  const auto plain = Decompress(compression, bytes, bytes_max);
  if (plain.ok()) return "accepted";
  EXPECT_EQ(KindOf(plain.status()), ErrorKind::kBadRequest);
  return plain.status().message();
}

TEST(Compression, IsKnownByItsHttpName) {
  EXPECT_EQ(CompressionFromName(""), Compression::kNone);
  EXPECT_EQ(CompressionFromName("identity"), Compression::kNone);
  EXPECT_EQ(CompressionFromName("gzip"), Compression::kGzip);
  EXPECT_EQ(CompressionFromName("x-gzip"), Compression::kGzip);
  EXPECT_EQ(CompressionFromName("zstd"), Compression::kZstd);
  EXPECT_EQ(CompressionFromName("deflate"), Compression::kDeflate);
  EXPECT_EQ(CompressionFromName("br"), std::nullopt);
  EXPECT_EQ(CompressionFromName("gzip, gzip"), std::nullopt);
}

TEST(Decompress, GivesBackWhatWasCompressed) {
  const std::string text = "telemetry "s + '\0' + "\xff telemetry telemetry"s;
  for (const Format& format : kFormats) {
    const auto plain = Decompress(format.compression, format.compress(text), kPlenty);
    EXPECT_EQ(plain.ValueOr("failed"), text) << format.name;
  }
  EXPECT_EQ(Decompress(Compression::kNone, text, kPlenty).ValueOr("failed"), text);
}

TEST(Decompress, TakesNoBytesAsAnEmptyBody) {
  for (const Format& format : kFormats) {
    EXPECT_EQ(Decompress(format.compression, "", 0).ValueOr("failed"), "") << format.name;
  }
}

// Around the sizes at which the output buffer grows.
TEST(Decompress, AcceptsExactlyTheLimitAndNotOneByteMore) {
  for (const size_t size : {1, 65'535, 65'536, 65'537, 131'072, 131'073}) {
    const std::string text(size, 'a');
    for (const Format& format : kFormats) {
      const std::string body = format.compress(text);

      EXPECT_EQ(Decompress(format.compression, body, size).ValueOr("failed"), text) << format.name;
      const auto refused = Decompress(format.compression, body, size - 1);
      EXPECT_TRUE(IsTooLarge(refused.status())) << format.name << " " << size;
    }
  }
}

TEST(Decompress, LimitsBodiesThatAreNotCompressedToo) {
  EXPECT_EQ(RefusalOf(Compression::kNone, "abcd", 4), "accepted");
  EXPECT_EQ(RefusalOf(Compression::kNone, "abcde", 4),
            "body is larger than 4 bytes after decompression");
}

TEST(Decompress, RefusesABombForItsSize) {
  const std::string zeros(64 << 20, '\0');
  for (const Format& format : kFormats) {
    const auto refused = Decompress(format.compression, format.compress(zeros), kPlenty);

    EXPECT_TRUE(IsTooLarge(refused.status())) << format.name;
    EXPECT_EQ(KindOf(refused.status()), ErrorKind::kBadRequest) << format.name;
  }
}

TEST(Decompress, CountsSeveralMembersAgainstOneLimit) {
  for (const Format& format : kFormats) {
    const std::string two = format.compress("abc") + format.compress("defg");

    EXPECT_EQ(Decompress(format.compression, two, 7).ValueOr("failed"), "abcdefg") << format.name;
    EXPECT_TRUE(IsTooLarge(Decompress(format.compression, two, 6).status())) << format.name;
  }
}

TEST(Decompress, TakesEmptyMembersAndSkippableFrames) {
  const std::string skippable = "\x50\x2a\x4d\x18\x03\x00\x00\x00xyz"s;

  EXPECT_EQ(Decompress(Compression::kGzip, GzipCompress("", 6) + GzipCompress("a", 6), 1)
                .ValueOr("failed"),
            "a");
  EXPECT_EQ(Decompress(Compression::kZstd, skippable + ZstdCompress("a", 3), 1).ValueOr("failed"),
            "a");
}

TEST(Decompress, RefusesABodyCutAnywhere) {
  for (const Format& format : kFormats) {
    const std::string body = format.compress("the quick brown fox jumps over the lazy dog");
    for (size_t size = 1; size < body.size(); ++size) {
      const std::string refusal = RefusalOf(format.compression, body.substr(0, size));
      EXPECT_TRUE(refusal.ends_with("is cut short")) << format.name << " " << size << refusal;
    }
  }
}

TEST(Decompress, RefusesRubbishAfterTheEnd) {
  for (const Format& format : kFormats) {
    for (const auto& rubbish : {"x"s, "rubbish after the end"s, "\0"s, "\x1f"s, "\x28\xb5"s}) {
      const std::string refusal = RefusalOf(format.compression, format.compress("abc") + rubbish);
      EXPECT_NE(refusal, "accepted") << format.name << " " << rubbish;
    }
  }
}

TEST(Decompress, RefusesAWrongChecksum) {
  std::string body = GzipCompress("abc", 6);
  body[body.size() - 8] ^= 1;

  EXPECT_EQ(RefusalOf(Compression::kGzip, body), "gzip body is corrupt");
}

TEST(Decompress, RefusesADictionaryThatWasNeverAgreed) {
  EXPECT_EQ(RefusalOf(Compression::kDeflate, "\x78\xbb\x00\x00\x00\x01\x03\x00"s),
            "gzip body is corrupt");
}

TEST(Decompress, RefusesTheOtherFormats) {
  for (const Format& sent : kFormats) {
    for (const Format& said : kFormats) {
      if (said.compression == sent.compression) continue;
      EXPECT_NE(RefusalOf(said.compression, sent.compress("abc")), "accepted")
          << sent.name << said.name;
    }
  }
}

// RFC 8878: a window descriptor of 13 << 3 is 8 MiB, one more an eighth above; then one raw block
// of one byte.
TEST(Decompress, RefusesAZstdWindowAboveEightMebibytes) {
  const std::string magic = "\x28\xb5\x2f\xfd\x00"s, block = "\x09\x00\x00x"s;

  EXPECT_EQ(Decompress(Compression::kZstd, magic + "\x68" + block, kPlenty).ValueOr("failed"), "x");
  EXPECT_EQ(RefusalOf(Compression::kZstd, magic + "\x69" + block),
            "zstd body is corrupt: Frame requires too much memory for decoding");
}

TEST(IsTooLarge, KnowsOnlyRefusalsForSize) {
  EXPECT_FALSE(IsTooLarge(Status::OK()));
  EXPECT_FALSE(IsTooLarge(Decompress(Compression::kGzip, "abc", 1).status()));
}

// Gzip is ten bytes of header, raw DEFLATE, and eight bytes of checksum and size.
TEST(RawDeflateCompress, WritesGzipWithoutItsFrame) {
  const std::string gzip = GzipCompress("abcabcabcabc", 6);

  EXPECT_EQ(RawDeflateCompress("abcabcabcabc", 6), gzip.substr(10, gzip.size() - 18));
  EXPECT_EQ(RawDeflateCompress("", 6), "\x03\x00"s);
}

}  // namespace
}  // namespace weir
