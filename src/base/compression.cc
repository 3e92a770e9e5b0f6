// SPDX-License-Identifier: Apache-2.0
#include "base/compression.h"

#include <fmt/format.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <memory>

#include "base/check.h"

namespace weir {
namespace {

constexpr size_t kFirstGuess = 64 << 10;
// 8 MiB: the window that every zstd decoder must support (RFC 8878); larger ones are a memory
// attack.
constexpr int kZstdWindowLogMax = 23;
constexpr int kGzipWindowBits = 15 + 16;
constexpr int kZlibWindowBits = 15;
constexpr int kRawWindowBits = -15;
constexpr std::string_view kTooLarge = "body is larger than";

Status TooLarge(size_t bytes_max) {
  return Error(ErrorKind::kBadRequest,
               fmt::format("{} {} bytes after decompression", kTooLarge, bytes_max));
}

/// Makes room for more output; false when `bytes_max` is already full.
bool Grow(std::string& out, size_t used, size_t bytes_max) {
  if (used < out.size()) return true;
  if (out.size() >= bytes_max) return false;
  out.resize(std::min(bytes_max, std::max(kFirstGuess, out.size() * 2)));
  return true;
}

struct InflateEnd {
  void operator()(z_stream* stream) const { inflateEnd(stream); }
};

Result<std::string> Inflate(int window_bits, std::string_view bytes, size_t bytes_max) {
  z_stream stream = {};
  CHECK(inflateInit2(&stream, window_bits) == Z_OK);
  const std::unique_ptr<z_stream, InflateEnd> guard(&stream);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string out(std::min(bytes_max, std::max(kFirstGuess, bytes.size() * 4)), '\0');
  size_t used = 0;
  while (true) {
    // One byte more than allowed is asked for, so that a body of exactly the limit passes.
    char spill = 0;
    const bool full = !Grow(out, used, bytes_max);
    stream.next_out = reinterpret_cast<Bytef*>(full ? &spill : out.data() + used);
    stream.avail_out = full ? 1 : static_cast<uInt>(out.size() - used);
    const uInt room = stream.avail_out;
    const int code = inflate(&stream, Z_NO_FLUSH);
    if (full && stream.avail_out == 0) return TooLarge(bytes_max);
    if (!full) used += room - stream.avail_out;
    if (code == Z_STREAM_END) {
      if (stream.avail_in == 0) break;
      inflateReset(&stream);
    } else if (code != Z_OK) {
      return Error(ErrorKind::kBadRequest,
                   fmt::format("gzip body is {}", code == Z_BUF_ERROR ? "cut short" : "corrupt"));
    }
  }
  out.resize(used);
  return out;
}

struct ZstdFree {
  void operator()(ZSTD_DStream* stream) const { ZSTD_freeDStream(stream); }
};

Result<std::string> Unzstd(std::string_view bytes, size_t bytes_max) {
  const std::unique_ptr<ZSTD_DStream, ZstdFree> stream(ZSTD_createDStream());
  CHECK(stream != nullptr);
  ZSTD_DCtx_setParameter(stream.get(), ZSTD_d_windowLogMax, kZstdWindowLogMax);
  ZSTD_inBuffer input{bytes.data(), bytes.size(), 0};
  std::string out;
  size_t used = 0;
  size_t hint = 1;
  while (true) {
    char spill = 0;
    const bool full = !Grow(out, used, bytes_max);
    ZSTD_outBuffer output{full ? &spill : out.data() + used, full ? 1 : out.size() - used, 0};
    const size_t input_before = input.pos;
    hint = ZSTD_decompressStream(stream.get(), &output, &input);
    if (ZSTD_isError(hint)) {
      return Error(ErrorKind::kBadRequest,
                   fmt::format("zstd body is corrupt: {}", ZSTD_getErrorName(hint)));
    }
    if (full && output.pos > 0) return TooLarge(bytes_max);
    if (!full) used += output.pos;
    if (input.pos == bytes.size() && hint == 0) break;
    if (output.pos == 0 && input.pos == input_before) {
      return Error(ErrorKind::kBadRequest, "zstd body is cut short");
    }
  }
  out.resize(used);
  return out;
}

std::string Deflate(int window_bits, std::string_view bytes, int level) {
  z_stream stream = {};
  CHECK(deflateInit2(&stream, level, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&stream, bytes.size()) + 32, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  CHECK(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace

std::string_view CompressionName(Compression compression) {
  switch (compression) {
    case Compression::kNone: return "identity";
    case Compression::kGzip: return "gzip";
    case Compression::kZstd: return "zstd";
    case Compression::kDeflate: return "deflate";
  }
  return "identity";
}

std::optional<Compression> CompressionFromName(std::string_view any_case) {
  std::string name(any_case);
  for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  if (name.empty() || name == "identity") return Compression::kNone;
  if (name == "gzip" || name == "x-gzip") return Compression::kGzip;
  if (name == "zstd") return Compression::kZstd;
  if (name == "deflate") return Compression::kDeflate;
  return std::nullopt;
}

Result<std::string> Decompress(Compression compression, std::string_view bytes, size_t bytes_max) {
  if (compression == Compression::kNone) {
    if (bytes.size() > bytes_max) return TooLarge(bytes_max);
    return std::string(bytes);
  }
  if (bytes.empty()) return std::string();
  switch (compression) {
    case Compression::kNone: break;
    case Compression::kGzip: return Inflate(kGzipWindowBits, bytes, bytes_max);
    case Compression::kDeflate: return Inflate(kZlibWindowBits, bytes, bytes_max);
    case Compression::kZstd: return Unzstd(bytes, bytes_max);
  }
  return Error(ErrorKind::kBadRequest, "unknown compression");
}

bool IsTooLarge(const Status& status) { return status.message().starts_with(kTooLarge); }

std::string GzipCompress(std::string_view bytes, int level) {
  return Deflate(kGzipWindowBits, bytes, level);
}

std::string RawDeflateCompress(std::string_view bytes, int level) {
  return Deflate(kRawWindowBits, bytes, level);
}

std::string ZstdCompress(std::string_view bytes, int level) {
  std::string out(ZSTD_compressBound(bytes.size()), '\0');
  const size_t size = ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(), level);
  CHECK(!ZSTD_isError(size));
  out.resize(size);
  return out;
}

}  // namespace weir
