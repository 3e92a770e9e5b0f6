// SPDX-License-Identifier: Apache-2.0
#pragma once
// Whole-buffer compression with a hard limit on what comes out.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace weir {

enum class Compression : uint8_t { kNone = 0, kGzip = 1, kZstd = 2, kDeflate = 3 };

/// The HTTP content-coding (or gRPC message encoding) of that name; nothing where we do not speak
/// it. In any case; `identity` and the empty name are kNone; `deflate` is zlib's format, as HTTP
/// means it.
std::optional<Compression> CompressionFromName(std::string_view name);

/// All names that CompressionFromName takes, as headers list them (gRPC's without spaces).
inline constexpr std::string_view kCompressionNames = "gzip,zstd,deflate,identity";
/// One of them.
std::string_view CompressionName(Compression compression);

/// Decompresses all of `bytes`, several gzip members or zstd frames in a row included.
/// Never allocates more than `bytes_max` plus a small constant, whatever the input claims.
/// Errors: kBadRequest, with `larger than` in the text when `bytes_max` is passed, else what is
/// malformed.
Result<std::string> Decompress(Compression compression, std::string_view bytes, size_t bytes_max);

/// True when `status` is Decompress's refusal for size.
bool IsTooLarge(const Status& status);

/// `level`: the library's own scale.
std::string GzipCompress(std::string_view bytes, int level);
/// Raw DEFLATE without header or checksum, as Avro's `deflate` codec wants it.
std::string RawDeflateCompress(std::string_view bytes, int level);
std::string ZstdCompress(std::string_view bytes, int level);

}  // namespace weir
