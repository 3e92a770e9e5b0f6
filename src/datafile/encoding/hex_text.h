// SPDX-License-Identifier: Apache-2.0
#pragma once
// Binary ids as lower-case hex. Exploits SSE2, which every x86-64 has: sixteen digits an
// instruction by arithmetic, where the plain way looks up one digit at a time.

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace weir::datafile {

/// One digit at a time.
inline void WriteHexPlainly(const char* binary, size_t bytes, uint8_t* out) {
  for (size_t i = 0; i < bytes; ++i) {
    const auto byte = static_cast<uint8_t>(binary[i]);
    out[2 * i] = static_cast<uint8_t>("0123456789abcdef"[byte >> 4]);
    out[2 * i + 1] = static_cast<uint8_t>("0123456789abcdef"[byte & 15]);
  }
}

#ifdef __SSE2__
/// Sixteen numbers below 16 as digits: those from ten on are moved up to the letters.
inline void WriteDigits(__m128i numbers, uint8_t* out) {
  const __m128i is_letter = _mm_cmpgt_epi8(numbers, _mm_set1_epi8(9));
  const __m128i digits = _mm_add_epi8(numbers, _mm_set1_epi8('0'));
  const __m128i moved = _mm_and_si128(is_letter, _mm_set1_epi8('a' - '0' - 10));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(out), _mm_add_epi8(digits, moved));
}

inline __m128i HighHalves(__m128i bytes) {
  return _mm_and_si128(_mm_srli_epi16(bytes, 4), _mm_set1_epi8(15));
}

inline void WriteHex16(const char* binary, uint8_t* out) {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(binary));
  const __m128i high = HighHalves(bytes), low = _mm_and_si128(bytes, _mm_set1_epi8(15));
  WriteDigits(_mm_unpacklo_epi8(high, low), out);
  WriteDigits(_mm_unpackhi_epi8(high, low), out + 16);
}

inline void WriteHex8(const char* binary, uint8_t* out) {
  const __m128i bytes = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(binary));
  const __m128i low = _mm_and_si128(bytes, _mm_set1_epi8(15));
  WriteDigits(_mm_unpacklo_epi8(HighHalves(bytes), low), out);
}
#endif

/// Writes 2 * `bytes` digits to `out`.
inline void WriteHex(const char* binary, size_t bytes, uint8_t* out) {
#ifdef __SSE2__
  for (; bytes >= 16; bytes -= 16, binary += 16, out += 32) WriteHex16(binary, out);
  if (bytes >= 8) {
    WriteHex8(binary, out);
    bytes -= 8, binary += 8, out += 16;
  }
#endif
  WriteHexPlainly(binary, bytes, out);
}

inline std::string HexOf(std::string_view binary) {
  std::string hex(2 * binary.size(), '\0');
  WriteHex(binary.data(), binary.size(), reinterpret_cast<uint8_t*>(hex.data()));
  return hex;
}

}  // namespace weir::datafile
