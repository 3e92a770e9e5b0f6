// SPDX-License-Identifier: Apache-2.0
#include "base/zstd_decompressor.h"

#include <zstd.h>

#include <string>

#include "base/check.h"

namespace weir {

void ZstdDecompressor::Free::operator()(ZSTD_DCtx_s* zstd) const { ZSTD_freeDCtx(zstd); }

ZstdDecompressor::ZstdDecompressor() : zstd_(ZSTD_createDCtx()) { CHECK(zstd_ != nullptr); }

ZstdDecompressor::~ZstdDecompressor() = default;

Result<std::string_view> ZstdDecompressor::Decompress(std::string_view frame, size_t bytes_max) {
  // Its two special values are larger than any limit.
  const unsigned long long wanted = ZSTD_getFrameContentSize(frame.data(), frame.size());
  if (wanted > bytes_max) {
    return Error(ErrorKind::kBadRequest, "decompress: no zstd frame, or one of too many bytes");
  }
  if (wanted > buffer_bytes_) {
    buffer_ = std::make_unique_for_overwrite<char[]>(wanted);
    buffer_bytes_ = wanted;
  }
  const size_t size =
      ZSTD_decompressDCtx(zstd_.get(), buffer_.get(), buffer_bytes_, frame.data(), frame.size());
  if (ZSTD_isError(size)) {
    return Error(ErrorKind::kBadRequest, std::string("decompress: ") + ZSTD_getErrorName(size));
  }
  return std::string_view(buffer_.get(), size);
}

}  // namespace weir
