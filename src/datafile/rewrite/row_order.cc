// SPDX-License-Identifier: Apache-2.0
#include "datafile/rewrite/row_order.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace weir::datafile {
namespace {

/// A number by which rows compare as they do by the key.
using Ranks = std::vector<int64_t>;
constexpr int64_t kNull = std::numeric_limits<int64_t>::min();

/// By number of the text; equal texts have equal ranks.
Ranks RanksOfTexts(const StoredLeaf& key) {
  const signal::TextTable texts = key.texts();
  std::vector<int32_t> sorted(static_cast<size_t>(key.num_texts()));
  std::iota(sorted.begin(), sorted.end(), 0);
  std::ranges::sort(sorted, {}, [&](int32_t number) { return texts.at(number); });
  Ranks ranks(sorted.size());
  for (size_t i = 0; i < sorted.size(); ++i) {
    const bool is_equal = i > 0 && texts.at(sorted[i]) == texts.at(sorted[i - 1]);
    ranks[sorted[i]] = is_equal ? ranks[sorted[i - 1]] : static_cast<int64_t>(i);
  }
  return ranks;
}

Ranks RanksOf(const StoredLeaf& key) {
  const bool is_text = key.kind == signal::LeafKind::kDictionary;
  const Ranks texts = is_text ? RanksOfTexts(key) : Ranks();
  Ranks ranks(static_cast<size_t>(key.rows), kNull);
  size_t value = 0;
  for (size_t row = 0; row < ranks.size(); ++row) {
    if (key.is_optional && key.definition[row] != key.definition_max) continue;
    ranks[row] = is_text                               ? texts[key.ints[value]]
                 : key.kind == signal::LeafKind::kLong ? key.longs[value]
                                                       : key.ints[value];
    ++value;
  }
  return ranks;
}

}  // namespace

std::vector<uint32_t> OrderRows(const std::vector<StoredLeaf>& keys) {
  std::vector<Ranks> ranks;
  for (const StoredLeaf& key : keys) ranks.push_back(RanksOf(key));
  std::vector<uint32_t> order(keys.empty() ? 0 : static_cast<size_t>(keys.front().rows));
  std::iota(order.begin(), order.end(), 0);
  std::ranges::sort(order, [&](uint32_t a, uint32_t b) {
    for (const Ranks& key : ranks) {
      if (key[a] != key[b]) return key[a] < key[b];
    }
    return a < b;
  });
  return order;
}

}  // namespace weir::datafile
