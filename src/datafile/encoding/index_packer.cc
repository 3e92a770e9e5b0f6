// SPDX-License-Identifier: Apache-2.0
#include "datafile/encoding/index_packer.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "datafile/encoding/hybrid_runs.h"

namespace weir::datafile {
namespace {

constexpr size_t kPackedDictionaryMax = size_t{1} << 12;

/// True where a run might be worth it: a page is mixed from its start, or not at all.
bool StartsUniform(std::span<const int32_t> indices) {
  constexpr size_t kLookedAt = 64;
  return indices.size() < kLookedAt ||
         std::ranges::count(indices.first(kLookedAt), indices[0]) == kLookedAt;
}

template <int kBytes>
void NarrowTo(std::span<const int32_t> indices, uint8_t* out) {
  for (const int32_t index : indices) {
    std::memcpy(out, &index, sizeof index);  // What is too much is written over by the next.
    out += kBytes;
  }
}

/// One packed run of all, without a search for others: indices of whole bytes lie side by side, the
/// lowest byte first, and what repeats zstd finds.
void AppendWholeBytes(std::span<const int32_t> indices, int bytes, PageBytes& out) {
  const size_t groups = (indices.size() + kGroup - 1) / kGroup;
  const size_t size = groups * kGroup * static_cast<size_t>(bytes);
  out.AppendByte(static_cast<uint8_t>(8 * bytes));
  out.AppendVarint(static_cast<uint64_t>(groups) << 1 | 1);
  uint8_t* const to = out.Room(size);
  if (bytes == 1) NarrowTo<1>(indices, to);
  if (bytes == 2) NarrowTo<2>(indices, to);
  if (bytes == 3) NarrowTo<3>(indices, to);
  if (bytes == 4) NarrowTo<4>(indices, to);
  const size_t filled = indices.size() * static_cast<size_t>(bytes);
  std::memset(to + filled, 0, size - filled);
  out.Advance(size);
}

}  // namespace

int IndexWidth(size_t dictionary_size, bool is_in_map) {
  const int least = dictionary_size <= 2 ? 1 : std::bit_width(dictionary_size - 1);
  const bool is_in_bytes = is_in_map || dictionary_size > kPackedDictionaryMax;
  return is_in_bytes ? (least + 7) / 8 * 8 : least;
}

void AppendIndices(std::span<const int32_t> indices, int width, uint8_t* used, PageBytes& out) {
  if (used == nullptr && width % 8 == 0 && !StartsUniform(indices)) {
    AppendWholeBytes(indices, width / 8, out);
    return;
  }
  const std::span<const uint32_t> numbers(reinterpret_cast<const uint32_t*>(indices.data()),
                                          indices.size());
  out.AppendByte(static_cast<uint8_t>(width));
  if (used == nullptr) {
    AppendHybrid(numbers, {.width = width}, out, [](uint32_t) {});
  } else {
    AppendHybrid(numbers, {.width = width}, out, [used](uint32_t index) { used[index] = 1; });
  }
}

void AppendSameIndices(int32_t index, size_t count, int width, PageBytes& out) {
  out.AppendByte(static_cast<uint8_t>(width));
  AppendRun(static_cast<uint32_t>(index), count, width, out);
}

uint32_t BitsOf(std::span<const int32_t> indices) {
  constexpr size_t kLanes = 16;
  uint32_t lanes[kLanes] = {};
  size_t at = 0;
  for (; at + kLanes <= indices.size(); at += kLanes) {
    for (size_t i = 0; i < kLanes; ++i) lanes[i] |= static_cast<uint32_t>(indices[at + i]);
  }
  for (; at < indices.size(); ++at) lanes[0] |= static_cast<uint32_t>(indices[at]);
  for (size_t i = 1; i < kLanes; ++i) lanes[0] |= lanes[i];
  return lanes[0];
}

}  // namespace weir::datafile
