// SPDX-License-Identifier: Apache-2.0
#pragma once
// Text read eight, sixteen and more bytes at a time. Each function says how far it reads and writes
// beyond what it is asked for: the caller has seen to that room.

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace weir::columnar::otlp_json {

static_assert(std::endian::native == std::endian::little);

/// Sixteen bytes in one register; operators work on each byte, comparisons give 0 or 0xff.
using Block = uint8_t __attribute__((vector_size(16)));

inline uint64_t LoadWord(const char* from) {
  uint64_t word;
  std::memcpy(&word, from, sizeof word);
  return word;
}

inline uint32_t LoadHalfWord(const char* from) {
  uint32_t word;
  std::memcpy(&word, from, sizeof word);
  return word;
}

/// The word that LoadWord finds where `text` stands; zeros above a shorter text.
consteval uint64_t WordOf(std::string_view text) {
  uint64_t word = 0;
  for (size_t i = 0; i < text.size() && i < 8; ++i) {
    word |= static_cast<uint64_t>(static_cast<unsigned char>(text[i])) << (8 * i);
  }
  return word;
}

inline Block LoadBlock(const char* from) {
  Block block;
  std::memcpy(&block, from, sizeof block);
  return block;
}

template <typename Vector>
bool IsAllZero(const Vector& vector) {
  static_assert(sizeof vector == 16);
  uint64_t halves[2];
  std::memcpy(halves, &vector, sizeof halves);
  return (halves[0] | halves[1]) == 0;
}

/// Reads and writes up to this many bytes behind the text.
inline constexpr size_t kCopyOverrun = 32;

/// Copies `size` bytes, and says whether there is surely no backslash among them: one shortly
/// behind the text makes it false too.
inline bool CopyPlain(const char* from, size_t size, char* to) {
  const char* const end = from + size;
  Block escapes{};
  do {
    const Block first = LoadBlock(from);
    const Block second = LoadBlock(from + 16);
    escapes |= reinterpret_cast<Block>(first == '\\') | reinterpret_cast<Block>(second == '\\');
    std::memcpy(to, &first, sizeof first);
    std::memcpy(to + 16, &second, sizeof second);
    from += 32;
    to += 32;
  } while (from < end);
  return IsAllZero(escapes);
}

/// Whether all eight bytes are digits.
inline bool IsDigits(uint64_t word) {
  constexpr uint64_t kHigh = 0xf0f0f0f0f0f0f0f0;
  return ((word & kHigh) | (((word + 0x0606060606060606) & kHigh) >> 4)) == 0x3333333333333333;
}

/// The number that eight digits are; the first digit is the lowest byte.
inline uint64_t NumberOf(uint64_t digits) {
  digits -= 0x3030303030303030;
  digits = digits * 10 + (digits >> 8);  // Pairs, in every second byte.
  constexpr uint64_t kPair = 0x000000ff000000ff;
  return ((digits & kPair) * (100 + (1000000ULL << 32)) +
          ((digits >> 16) & kPair) * (1 + (10000ULL << 32))) >>
         32;
}

/// Reads the 1 to 19 digits that end at `end`, the eight bytes before which are readable.
/// False where one is not a digit.
inline bool ReadDigits(const char* end, size_t count, uint64_t& number) {
  constexpr uint64_t kPowers[] = {1, 10, 100, 1000, 10'000, 100'000, 1'000'000, 10'000'000};
  constexpr uint64_t kZeros = 0x3030303030303030;
  const char* from = end - count;
  uint64_t value = 0;
  for (; count >= 8; count -= 8, from += 8) {
    const uint64_t word = LoadWord(from);
    if (!IsDigits(word)) return false;
    value = value * 100'000'000 + NumberOf(word);
  }
  if (count > 0) {
    const uint64_t kept = ~uint64_t{0} << (8 * (8 - count));
    const uint64_t word = (LoadWord(end - 8) & kept) | (kZeros & ~kept);
    if (!IsDigits(word)) return false;
    value = value * kPowers[count] + NumberOf(word);
  }
  number = value;
  return true;
}

}  // namespace weir::columnar::otlp_json
