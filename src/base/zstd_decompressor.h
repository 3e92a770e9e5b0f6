// SPDX-License-Identifier: Apache-2.0
#pragma once
// zstd's other direction, with context and buffer kept: making a context costs as much as reading a
// small frame.

#include <cstddef>
#include <memory>
#include <string_view>

#include "base/result.h"

struct ZSTD_DCtx_s;

namespace weir {

/// One thread.
class ZstdDecompressor {
 public:
  ZstdDecompressor();
  ~ZstdDecompressor();

  /// What the frame was made of; valid until the next call. Those that tell their size, as ours do,
  /// cost less. Errors: kBadRequest where it is no whole frame, or one of more than `bytes_max`
  /// bytes.
  Result<std::string_view> Decompress(std::string_view frame, size_t bytes_max);

 private:
  Result<std::string_view> DecompressStream(std::string_view frame, size_t bytes_max);
  /// Makes room for `bytes`, keeping the first `used`.
  void Grow(size_t bytes, size_t used);

  struct Free {
    void operator()(ZSTD_DCtx_s* zstd) const;
  };
  const std::unique_ptr<ZSTD_DCtx_s, Free> zstd_;
  std::unique_ptr<char[]> buffer_;
  size_t buffer_bytes_ = 0;
};

}  // namespace weir
