// SPDX-License-Identifier: Apache-2.0
#include "datafile/encoding/bit_pack.h"

#include <array>
#include <bit>
#include <cstring>
#include <utility>

namespace weir::datafile {
namespace {

static_assert(std::endian::native == std::endian::little, "bits are stored least first");

/// Packs eight numbers; writes up to eight bytes too many. All shifts are constants once the loop
/// is unrolled, and a width leaves no branch.
template <int kWidth, typename Number>
inline void Pack8(const Number* values, uint8_t* out) {
  uint64_t word = 0;
  int filled = 0;
#pragma GCC unroll 8
  for (int i = 0; i < 8; ++i) {
    const auto value = static_cast<uint64_t>(values[i]);
    word |= value << filled;
    filled += kWidth;
    if (filled >= 64) {
      std::memcpy(out, &word, 8);
      out += 8;
      filled -= 64;
      word = filled == 0 ? 0 : value >> (kWidth - filled);
    }
  }
  std::memcpy(out, &word, 8);
}

template <int kWidth, typename Number>
void PackGroups(const Number* values, size_t groups, uint8_t* out) {
  for (; groups > 0; --groups, values += 8, out += kWidth) Pack8<kWidth>(values, out);
}

template <typename Number>
using Packer = void (*)(const Number* values, size_t groups, uint8_t* out);

template <typename Number, int... kWidths>
constexpr std::array<Packer<Number>, sizeof...(kWidths)> PackersOf(
    std::integer_sequence<int, kWidths...>) {
  return {PackGroups<kWidths, Number>...};
}

constexpr auto kPackers = PackersOf<uint32_t>(std::make_integer_sequence<int, 33>());
constexpr auto kWidePackers = PackersOf<uint64_t>(std::make_integer_sequence<int, 65>());

/// Three folds: neighbouring bytes, then pairs, then fours move together.
inline uint64_t Fold(uint64_t bytes, int width) {
  const auto low = [&](uint64_t lanes) { return bytes & lanes; };
  bytes = low(0x00ff00ff00ff00ff) | (bytes & 0xff00ff00ff00ff00) >> (8 - width);
  bytes = low(0x0000ffff0000ffff) | (bytes & 0xffff0000ffff0000) >> (16 - 2 * width);
  return low(0x00000000ffffffff) | (bytes & 0xffffffff00000000) >> (32 - 4 * width);
}

}  // namespace

void AppendPacked(const uint32_t* values, size_t groups, int width, PageBytes& out) {
  const size_t bytes = groups * static_cast<size_t>(width);
  kPackers[static_cast<size_t>(width)](values, groups, out.Room(bytes));
  out.Advance(bytes);
}

void AppendPacked(const uint64_t* values, size_t groups, int width, PageBytes& out) {
  const size_t bytes = groups * static_cast<size_t>(width);
  kWidePackers[static_cast<size_t>(width)](values, groups, out.Room(bytes));
  out.Advance(bytes);
}

void AppendPacked(const uint8_t* values, size_t groups, int width, PageBytes& out) {
  const size_t bytes = groups * static_cast<size_t>(width);
  uint8_t* to = out.Room(bytes);
  for (size_t group = 0; group < groups; ++group, to += width) {
    uint64_t word;
    std::memcpy(&word, values + 8 * group, 8);
    word = Fold(word, width);
    std::memcpy(to, &word, 8);
  }
  out.Advance(bytes);
}

}  // namespace weir::datafile
