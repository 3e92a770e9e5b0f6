// SPDX-License-Identifier: Apache-2.0
#pragma once
// Parquet's hybrid of runs and bit-packed groups, for levels and dictionary indices. Exploits that
// telemetry's columns are either constant over long stretches or mixed: eight numbers at a time are
// one or the other, and single short runs are left to zstd.

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>

#include "datafile/encoding/bit_pack.h"
#include "datafile/encoding/page_bytes.h"

namespace weir::datafile {

inline constexpr size_t kGroup = 8;  // Numbers that are packed together, by the format.

struct HybridShape {
  int width = 0;              // Bits of a number.
  size_t run_groups_min = 8;  // Fewer equal groups are packed like unequal ones.
};

inline bool IsUniform(const uint8_t* group, uint8_t value) {
  uint64_t word;
  std::memcpy(&word, group, sizeof word);
  return word == value * 0x0101010101010101ull;
}

inline bool IsUniform(const uint32_t* group, uint32_t value) {
  uint32_t difference = 0;
  for (size_t i = 0; i < kGroup; ++i) difference |= group[i] ^ value;
  return difference == 0;
}

/// How many of the first `groups` groups have nothing but their first number.
template <typename Number>
size_t UniformGroups(const Number* values, size_t groups) {
  size_t run = 0;
  while (run < groups && IsUniform(values + kGroup * run, values[0])) ++run;
  return run;
}

template <typename Number>
void AppendRun(Number value, size_t count, int width, PageBytes& out) {
  out.AppendVarint(static_cast<uint64_t>(count) << 1);
  const uint32_t wide = value;
  out.Append(&wide, static_cast<size_t>(width + 7) / 8);
}

/// The last group may be short: zeros fill it up.
template <typename Number>
void AppendPackedRun(std::span<const Number> values, int width, PageBytes& out) {
  if (values.empty()) return;
  const size_t whole = values.size() / kGroup, tail = values.size() % kGroup;
  out.AppendVarint(static_cast<uint64_t>(whole + (tail > 0 ? 1 : 0)) << 1 | 1);
  AppendPacked(values.data(), whole, width, out);
  if (tail == 0) return;
  Number last[kGroup] = {};
  std::copy_n(values.data() + whole * kGroup, tail, last);
  AppendPacked(last, 1, width, out);
}

/// Appends all of `values`, each below 2^width, calling `mark` with each of them but for
/// repetitions.
template <typename Number, typename Mark>
void AppendHybrid(std::span<const Number> values, HybridShape shape, PageBytes& out, Mark mark) {
  const size_t groups = values.size() / kGroup, tail = values.size() % kGroup;
  const Number* const last = values.data() + groups * kGroup;
  size_t done = 0;
  for (size_t group = 0; group < groups;) {
    const Number* const at = values.data() + group * kGroup;
    const size_t run = UniformGroups(at, groups - group);
    if (run == 0) {
      for (size_t i = 0; i < kGroup; ++i) mark(at[i]);
      ++group;
      continue;
    }
    mark(at[0]);
    group += run;
    if (run < shape.run_groups_min) continue;
    AppendPackedRun(values.subspan(done, (group - run) * kGroup - done), shape.width, out);
    done = group * kGroup;
    if (group == groups && std::count(last, last + tail, at[0]) == static_cast<ptrdiff_t>(tail)) {
      AppendRun(at[0], run * kGroup + tail, shape.width, out);
      return;
    }
    AppendRun(at[0], run * kGroup, shape.width, out);
  }
  std::for_each(last, last + tail, mark);
  AppendPackedRun(values.subspan(done), shape.width, out);
}

}  // namespace weir::datafile
