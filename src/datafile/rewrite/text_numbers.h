// SPDX-License-Identifier: Apache-2.0
#pragma once
// Texts by number: each text once, however many dictionaries it came in.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "signal/leaf_column.h"

namespace weir::datafile {

/// Finds the numbers of texts in a table that somebody else keeps and grows: open addressing with
/// the hashes beside the numbers, so that a text elsewhere is only looked at where it is most
/// likely the same. One thread.
class TextNumbers {
 public:
  void Clear() {
    slots_.clear();
    used_ = 0;
  }
  /// The number of `text`; where it has none, what `add`, which appends it to the table, returns.
  template <typename Add>
  int32_t Find(std::string_view text, const std::string& bytes, const std::vector<int32_t>& ends,
               Add add) {
    if (2 * (used_ + 1) > slots_.size()) Grow();
    const auto hash = static_cast<uint32_t>(std::hash<std::string_view>()(text));
    size_t at = hash & (slots_.size() - 1);
    while (slots_[at].number >= 0) {
      const Slot& slot = slots_[at];
      const signal::TextTable texts{bytes.data(), ends};
      if (slot.hash == hash && texts.at(slot.number) == text) return slot.number;
      at = (at + 1) & (slots_.size() - 1);
    }
    ++used_;
    slots_[at] = {hash, add(text)};
    return slots_[at].number;
  }

 private:
  struct Slot {
    uint32_t hash = 0;
    int32_t number = -1;
  };

  void Grow() {
    constexpr size_t kSlotsMin = 64;
    std::vector<Slot> old(slots_.empty() ? kSlotsMin : 2 * slots_.size());
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.number < 0) continue;
      size_t at = slot.hash & (slots_.size() - 1);
      while (slots_[at].number >= 0) at = (at + 1) & (slots_.size() - 1);
      slots_[at] = slot;
    }
  }

  std::vector<Slot> slots_;  // A power of two, at most half of them used.
  size_t used_ = 0;
};

}  // namespace weir::datafile
