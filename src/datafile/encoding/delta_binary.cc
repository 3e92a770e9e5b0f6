// SPDX-License-Identifier: Apache-2.0
#include "datafile/encoding/delta_binary.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <type_traits>

#include "datafile/encoding/bit_pack.h"

namespace weir::datafile {
namespace {

constexpr size_t kBlock = 128;  // Deltas that share a least one; a multiple of 128, by the format.
constexpr size_t kPart = 32;    // Deltas that share a width; a multiple of 32, by the format.
constexpr size_t kParts = kBlock / kPart;

void AppendHeader(size_t count, int64_t first, PageBytes& out) {
  out.AppendVarint(kBlock);
  out.AppendVarint(kParts);
  out.AppendVarint(count);
  out.AppendZigzag(first);
}

void AppendPart(const uint32_t* part, int width, PageBytes& out) {
  AppendPacked(part, kPart / 8, width, out);
}

void AppendPart(const uint64_t* part, int width, PageBytes& out) {
  if (width > 32) return AppendPacked(part, kPart / 8, width, out);
  uint32_t narrow[kPart];
  for (size_t i = 0; i < kPart; ++i) narrow[i] = static_cast<uint32_t>(part[i]);
  AppendPacked(narrow, kPart / 8, width, out);
}

/// `deltas`: kBlock of them, `count` that count. Differences wrap around, as the format wants it.
template <typename Number, typename Bits = std::make_unsigned_t<Number>>
void AppendBlock(Bits* deltas, size_t count, PageBytes& out) {
  Number least = std::numeric_limits<Number>::max();
  for (size_t i = 0; i < count; ++i) least = std::min(least, static_cast<Number>(deltas[i]));
  // What is behind the last one is packed as zeros.
  std::fill(deltas + count, deltas + kBlock, static_cast<Bits>(least));
  out.AppendZigzag(least);
  uint8_t widths[kParts] = {};
  for (size_t part = 0; part < kParts; ++part) {
    Bits bits = 0;
    for (size_t i = 0; i < kPart; ++i) {
      deltas[part * kPart + i] -= static_cast<Bits>(least);
      bits |= deltas[part * kPart + i];
    }
    widths[part] = static_cast<uint8_t>(std::bit_width(bits));
  }
  out.Append(widths, kParts);
  for (size_t part = 0; part * kPart < count; ++part) {
    AppendPart(deltas + part * kPart, widths[part], out);
  }
}

template <typename Number>
void AppendAll(std::span<const Number> values, PageBytes& out) {
  using Bits = std::make_unsigned_t<Number>;
  AppendHeader(values.size(), values.empty() ? 0 : values[0], out);
  Bits deltas[kBlock];
  for (size_t at = 1; at < values.size(); at += kBlock) {
    const size_t count = std::min(kBlock, values.size() - at);
    const Number* const block = values.data() + at;
    if (count == kBlock) {
      for (size_t i = 0; i < kBlock; ++i) {
        deltas[i] = static_cast<Bits>(block[i]) - static_cast<Bits>(block[i - 1]);
      }
    } else {
      for (size_t i = 0; i < count; ++i) {
        deltas[i] = static_cast<Bits>(block[i]) - static_cast<Bits>(block[i - 1]);
      }
    }
    AppendBlock<Number>(deltas, count, out);
  }
}

}  // namespace

void AppendDeltas(std::span<const int32_t> values, PageBytes& out) { AppendAll(values, out); }

void AppendDeltas(std::span<const int64_t> values, PageBytes& out) { AppendAll(values, out); }

void AppendSameDeltas(int32_t value, size_t count, PageBytes& out) {
  AppendHeader(count, count == 0 ? 0 : value, out);
  if (count < 2) return;
  // A least delta of zero and widths of zero, and so no packed bytes.
  const size_t bytes = (count - 1 + kBlock - 1) / kBlock * (1 + kParts);
  std::memset(out.Room(bytes), 0, bytes);
  out.Advance(bytes);
}

}  // namespace weir::datafile
