// SPDX-License-Identifier: Apache-2.0
#include "base/zstd_decompressor.h"

#include <zstd.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "base/check.h"

namespace weir {
namespace {

constexpr size_t kFirstGuessBytes = 256 << 10;

}  // namespace

void ZstdDecompressor::Free::operator()(ZSTD_DCtx_s* zstd) const { ZSTD_freeDCtx(zstd); }

ZstdDecompressor::ZstdDecompressor() : zstd_(ZSTD_createDCtx()) { CHECK(zstd_ != nullptr); }

ZstdDecompressor::~ZstdDecompressor() = default;

Result<std::string_view> ZstdDecompressor::Decompress(std::string_view frame, size_t bytes_max) {
  const unsigned long long wanted = ZSTD_getFrameContentSize(frame.data(), frame.size());
  if (wanted == ZSTD_CONTENTSIZE_UNKNOWN) return DecompressStream(frame, bytes_max);
  // That it is none is larger than any limit.
  if (wanted > bytes_max) {
    return Error(ErrorKind::kBadRequest, "decompress: no zstd frame, or one of too many bytes");
  }
  Grow(wanted, 0);
  const size_t size =
      ZSTD_decompressDCtx(zstd_.get(), buffer_.get(), buffer_bytes_, frame.data(), frame.size());
  if (ZSTD_isError(size)) {
    return Error(ErrorKind::kBadRequest, std::string("decompress: ") + ZSTD_getErrorName(size));
  }
  return std::string_view(buffer_.get(), size);
}

Result<std::string_view> ZstdDecompressor::DecompressStream(std::string_view frame,
                                                            size_t bytes_max) {
  ZSTD_DCtx_reset(zstd_.get(), ZSTD_reset_session_only);
  ZSTD_inBuffer in{frame.data(), frame.size(), 0};
  size_t size = 0, left = 1;
  while (left != 0) {
    if (size == buffer_bytes_) {
      if (size >= bytes_max) return Error(ErrorKind::kBadRequest, "decompress: too many bytes");
      Grow(std::min(bytes_max, std::max(kFirstGuessBytes, 2 * size)), size);
    }
    ZSTD_outBuffer out{buffer_.get(), buffer_bytes_, size};
    left = ZSTD_decompressStream(zstd_.get(), &out, &in);
    if (ZSTD_isError(left)) {
      return Error(ErrorKind::kBadRequest, std::string("decompress: ") + ZSTD_getErrorName(left));
    }
    const bool is_stuck = left != 0 && in.pos == in.size && out.pos < out.size;
    if (is_stuck) return Error(ErrorKind::kBadRequest, "decompress: the zstd frame is cut");
    size = out.pos;
  }
  if (in.pos == in.size) return std::string_view(buffer_.get(), size);
  return Error(ErrorKind::kBadRequest, "decompress: bytes after the zstd frame");
}

void ZstdDecompressor::Grow(size_t bytes, size_t used) {
  if (bytes <= buffer_bytes_) return;
  auto larger = std::make_unique_for_overwrite<char[]>(bytes);
  if (used > 0) std::memcpy(larger.get(), buffer_.get(), used);
  buffer_ = std::move(larger);
  buffer_bytes_ = bytes;
}

}  // namespace weir
