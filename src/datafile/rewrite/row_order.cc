// SPDX-License-Identifier: Apache-2.0
#include "datafile/rewrite/row_order.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>
#include <numeric>
#include <string>

#include "datafile/text_statistics.h"

namespace weir::datafile {
namespace {

/// Numbers by which rows compare as they do by the key.
struct Ranks {
  std::vector<int64_t> of_row;  // kNull where the row has no value.
  bool has_null = false;
  bool descends = false;
  int64_t least = std::numeric_limits<int64_t>::max();  // Of those that are not null.
  int64_t largest = std::numeric_limits<int64_t>::min();
};
constexpr int64_t kNull = std::numeric_limits<int64_t>::min();

/// By number of the text; equal texts have equal ranks.
std::vector<int64_t> RanksOfTexts(const StoredLeaf& key) {
  struct Text {
    uint64_t start;
    int32_t number;
  };
  const signal::TextTable texts = key.texts();
  const char* const end = key.text_bytes.data() + key.text_bytes.size();
  std::vector<Text> sorted(static_cast<size_t>(key.num_texts()));
  for (size_t i = 0; i < sorted.size(); ++i) {
    const auto number = static_cast<int32_t>(i);
    sorted[i] = {TextKey(texts.at(number), end), number};
  }
  std::ranges::sort(sorted, [&](const Text& a, const Text& b) {
    return a.start != b.start ? a.start < b.start : texts.at(a.number) < texts.at(b.number);
  });
  std::vector<int64_t> ranks(sorted.size());
  int64_t rank = 0;
  for (size_t i = 0; i < sorted.size(); ++i) {
    if (i > 0 && texts.at(sorted[i].number) != texts.at(sorted[i - 1].number)) ++rank;
    ranks[static_cast<size_t>(sorted[i].number)] = rank;
  }
  return ranks;
}

Ranks RanksOf(const StoredLeaf& key) {
  const bool is_text = key.kind == signal::LeafKind::kDictionary;
  const std::vector<int64_t> texts = is_text ? RanksOfTexts(key) : std::vector<int64_t>();
  Ranks ranks;
  ranks.of_row.assign(static_cast<size_t>(key.rows), kNull);
  size_t value = 0;
  for (size_t row = 0; row < ranks.of_row.size(); ++row) {
    if (key.is_optional && key.definition[row] != key.definition_max) {
      ranks.has_null = true;
      continue;
    }
    const int64_t rank = is_text                               ? texts[key.ints[value]]
                         : key.kind == signal::LeafKind::kLong ? key.longs[value]
                                                               : key.ints[value];
    ranks.of_row[row] = rank;
    ranks.least = std::min(ranks.least, rank);
    ranks.largest = std::max(ranks.largest, rank);
    ++value;
  }
  return ranks;
}

using Wide = unsigned __int128;
constexpr int kWideBits = 128;

/// A rank as a number from 0 on, which takes few bits: null is 0 where there is one.
uint64_t Packed(const Ranks& ranks, int64_t rank) {
  const uint64_t range = ranks.least > ranks.largest
                             ? 0
                             : static_cast<uint64_t>(ranks.largest) -
                                   static_cast<uint64_t>(ranks.least) + ranks.has_null;
  uint64_t packed = 0;
  if (rank != kNull || !ranks.has_null) {
    packed = static_cast<uint64_t>(rank) - static_cast<uint64_t>(ranks.least) + ranks.has_null;
  }
  return ranks.descends ? range - packed : packed;
}

/// Bits of the largest packed rank; more than there are where it does not pack.
int BitsOf(const Ranks& ranks) {
  if (ranks.least > ranks.largest) return 0;
  const uint64_t range = static_cast<uint64_t>(ranks.largest) - static_cast<uint64_t>(ranks.least);
  return range >> 63 != 0 ? kWideBits : std::bit_width(range + ranks.has_null);
}

/// All keys and the row as one number each, which sort several times faster than rows by look-ups.
std::vector<uint32_t> SortPacked(const std::vector<Ranks>& keys, size_t rows) {
  std::vector<Wide> packed(rows);
  for (const Ranks& key : keys) {
    const int bits = BitsOf(key);
    for (size_t row = 0; row < rows; ++row) {
      packed[row] = packed[row] << bits | Packed(key, key.of_row[row]);
    }
  }
  for (size_t row = 0; row < rows; ++row) packed[row] = packed[row] << 32 | row;
  std::ranges::sort(packed);
  std::vector<uint32_t> order(rows);
  for (size_t i = 0; i < rows; ++i) order[i] = static_cast<uint32_t>(packed[i]);
  return order;
}

std::vector<uint32_t> SortByRanks(const std::vector<Ranks>& keys, size_t rows) {
  std::vector<uint32_t> order(rows);
  std::iota(order.begin(), order.end(), 0);
  std::ranges::sort(order, [&](uint32_t a, uint32_t b) {
    for (const Ranks& key : keys) {
      if (key.of_row[a] == key.of_row[b]) continue;
      return (key.of_row[a] < key.of_row[b]) != key.descends;
    }
    return a < b;
  });
  return order;
}

}  // namespace

std::vector<uint32_t> OrderRows(const std::vector<StoredLeaf>& keys,
                                const std::vector<bool>& descends) {
  std::vector<Ranks> ranks;
  int bits = 32;  // Of the row.
  for (const StoredLeaf& key : keys) {
    ranks.push_back(RanksOf(key));
    ranks.back().descends = ranks.size() <= descends.size() && descends[ranks.size() - 1];
    bits += BitsOf(ranks.back());
  }
  const size_t rows = keys.empty() ? 0 : static_cast<size_t>(keys.front().rows);
  return bits <= kWideBits ? SortPacked(ranks, rows) : SortByRanks(ranks, rows);
}

}  // namespace weir::datafile
