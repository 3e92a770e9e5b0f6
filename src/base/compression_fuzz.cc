// SPDX-License-Identifier: Apache-2.0
// Any bytes as a compressed body: the first byte picks the format, the second the limit. What comes
// out is never larger than the limit, a refusal is the sender's fault, and what we compress
// ourselves comes back. That is tried for one first byte in eight: it takes five times as long.

#include "base/check.h"
#include "base/compression.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace weir;
  if (size < 2) return 0;
  const auto compression = static_cast<Compression>(data[0] % 4);
  const size_t bytes_max = size_t{1} << (data[1] % 21);
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);

  const auto plain = Decompress(compression, bytes, bytes_max);
  if (plain.ok()) {
    CHECK(plain->size() <= bytes_max);
  } else {
    CHECK(KindOf(plain.status()) == ErrorKind::kBadRequest);
  }

  if (data[0] % 32 >= 4) return 0;
  const auto unzipped = Decompress(Compression::kGzip, GzipCompress(bytes, 1), size);
  CHECK(unzipped.ok() && *unzipped == bytes);
  const auto unpacked = Decompress(Compression::kZstd, ZstdCompress(bytes, 1), size);
  CHECK(unpacked.ok() && *unpacked == bytes);
  return 0;
}
