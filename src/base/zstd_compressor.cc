// SPDX-License-Identifier: Apache-2.0
#include "base/zstd_compressor.h"

#include <zstd.h>

#include <string>

#include "base/check.h"

namespace weir {

void ZstdCompressor::Free::operator()(ZSTD_CCtx_s* zstd) const { ZSTD_freeCCtx(zstd); }

ZstdCompressor::ZstdCompressor(int level) : zstd_(ZSTD_createCCtx()), level_(level) {
  CHECK(zstd_ != nullptr);
}

ZstdCompressor::~ZstdCompressor() = default;

size_t ZstdCompressor::BytesMax(size_t bytes) { return ZSTD_compressBound(bytes); }

Result<size_t> ZstdCompressor::Compress(std::string_view plain, std::span<uint8_t> out) {
  const size_t size =
      ZSTD_compressCCtx(zstd_.get(), out.data(), out.size(), plain.data(), plain.size(), level_);
  if (ZSTD_isError(size)) {
    return Error(ErrorKind::kInternal, std::string("compress: ") + ZSTD_getErrorName(size));
  }
  return size;
}

}  // namespace weir
