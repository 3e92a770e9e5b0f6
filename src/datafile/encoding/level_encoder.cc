// SPDX-License-Identifier: Apache-2.0
#include "datafile/encoding/level_encoder.h"

#include <bit>

#include "datafile/encoding/hybrid_runs.h"

namespace weir::datafile {
namespace {

// A run is two bytes and a new header behind it, a packed group one to three bytes.
constexpr size_t kLevelRunGroupsMin = 4;

int WidthOf(int level_max) { return std::bit_width(static_cast<unsigned>(level_max)); }

template <typename Write>
void WithLength(PageBytes& out, Write write) {
  const size_t at = out.size();
  out.AppendLength(0);
  write();
  out.PutLength(at, static_cast<uint32_t>(out.size() - at - sizeof(uint32_t)));
}

}  // namespace

void AppendLevels(std::span<const uint8_t> levels, int level_max, PageBytes& out) {
  if (level_max == 0) return;
  const HybridShape shape{.width = WidthOf(level_max), .run_groups_min = kLevelRunGroupsMin};
  WithLength(out, [&] { AppendHybrid(levels, shape, out, [](uint8_t) {}); });
}

void AppendSameLevels(uint8_t level, size_t count, int level_max, PageBytes& out) {
  if (level_max == 0) return;
  WithLength(out, [&] { AppendRun(level, count, WidthOf(level_max), out); });
}

size_t CountLevel(std::span<const uint8_t> levels, uint8_t level) {
  // Bytes count in bytes for as long as they cannot overflow: the inner loop is a few vector
  // instructions.
  constexpr size_t kBlock = 16, kBlocks = 255;
  size_t count = 0, at = 0;
  while (at + kBlock <= levels.size()) {
    uint8_t counts[kBlock] = {};
    const size_t blocks = std::min(kBlocks, (levels.size() - at) / kBlock);
    for (size_t block = 0; block < blocks; ++block, at += kBlock) {
      for (size_t i = 0; i < kBlock; ++i) counts[i] += levels[at + i] == level;
    }
    for (const uint8_t part : counts) count += part;
  }
  for (; at < levels.size(); ++at) count += levels[at] == level;
  return count;
}

}  // namespace weir::datafile
