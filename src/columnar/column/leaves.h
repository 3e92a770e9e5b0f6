// SPDX-License-Identifier: Apache-2.0
#pragma once
// Values on their way to a file; of texts, which of a dictionary's a row group uses, under which
// numbers.

#include <cstddef>
#include <cstdint>
#include <span>

#include "columnar/column/slots.h"
#include "columnar/column/text_dictionary.h"

namespace weir::columnar {

/// Numbers texts anew, in order of first use, and lists them in scratch.dictionary. One at a time,
/// for as long as its numbers are in use.
class TextNumbers {
 public:
  TextNumbers(LeafScratch& scratch, const TextDictionary& texts) : scratch_(scratch) {
    const auto count = static_cast<size_t>(texts.size());
    if (scratch.renumbered.size() < count) scratch.renumbered.resize(count, -1);
    scratch.dictionary.clear();
  }
  ~TextNumbers() {
    for (const int32_t id : scratch_.dictionary) scratch_.renumbered[id] = -1;
  }
  /// Of the text `id` of the dictionary; -1 for -1.
  [[gnu::always_inline]] int32_t Number(int32_t id) {
    if (id < 0) return -1;
    const int32_t number = scratch_.renumbered[id];
    return number >= 0 ? number : Add(id);
  }

 private:
  [[gnu::noinline]] int32_t Add(int32_t id) {
    scratch_.dictionary.push_back(id);
    return scratch_.renumbered[id] = static_cast<int32_t>(scratch_.dictionary.size()) - 1;
  }

  LeafScratch& scratch_;
};

/// Where a page has values of the second argument's type.
inline std::vector<int32_t>& ValuesOf(signal::LeafPage& page, int32_t) { return page.ints; }
inline std::vector<int64_t>& ValuesOf(signal::LeafPage& page, int64_t) { return page.longs; }
inline std::vector<double>& ValuesOf(signal::LeafPage& page, double) { return page.doubles; }
inline std::vector<uint8_t>& ValuesOf(signal::LeafPage& page, uint8_t) { return page.bools; }

template <typename T>
constexpr signal::LeafKind kKindOf = std::is_same_v<T, int32_t>   ? signal::LeafKind::kInt
                                     : std::is_same_v<T, int64_t> ? signal::LeafKind::kLong
                                     : std::is_same_v<T, double>  ? signal::LeafKind::kDouble
                                                                  : signal::LeafKind::kBool;

/// Adds the leaf of a column that has a value in every row: that at each of the slots' positions.
template <typename T>
Status AddNumbers(const LeafTarget& out, const std::vector<T>& values) {
  signal::Leaf leaf{.kind = kKindOf<T>};
  leaf.fill = [&](int64_t begin, int64_t end, signal::LeafPage& page) {
    auto& filled = ValuesOf(page, T{});
    for (int64_t i = begin; i < end; ++i) filled.push_back(values[out.slots.positions[i]]);
  };
  return out.sink.Add(leaf);
}

/// Adds the leaf of the texts that `ids` number, by position; -1, or a position past the end, is
/// null. The texts become a dictionary of those in use, or one by one where few of them repeat.
Status AddTexts(const LeafTarget& out, std::span<const int32_t> ids, const TextDictionary& texts);

}  // namespace weir::columnar
