// SPDX-License-Identifier: Apache-2.0
#pragma once
// zstd with a context that is kept: making one costs as much as compressing some ten kilobytes.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "base/result.h"

struct ZSTD_CCtx_s;

namespace weir {

/// One thread.
class ZstdCompressor {
 public:
  explicit ZstdCompressor(int level);
  ~ZstdCompressor();

  /// The most bytes that `bytes` of anything become.
  static size_t BytesMax(size_t bytes);
  /// Writes `plain` as one frame to `out`, of BytesMax bytes at least; returns the frame's size.
  /// Errors: kInternal, from zstd.
  Result<size_t> Compress(std::string_view plain, std::span<uint8_t> out);

 private:
  struct Free {
    void operator()(ZSTD_CCtx_s* zstd) const;
  };
  const std::unique_ptr<ZSTD_CCtx_s, Free> zstd_;
  const int level_;
};

}  // namespace weir
