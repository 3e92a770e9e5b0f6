// SPDX-License-Identifier: Apache-2.0
#pragma once
// Texts on their way to a file: which of a dictionary's texts a row group uses, under which
// numbers.

#include <cstdint>
#include <span>

#include "columnar/column/slots.h"
#include "columnar/column/text_dictionary.h"

namespace weir::columnar {

/// Numbers texts anew, in order of first use, and lists them in scratch.dictionary. `ids`: the
/// texts by position. One at a time, for as long as its numbers are in use.
class TextNumbers {
 public:
  TextNumbers(LeafScratch& scratch, std::span<const int32_t> ids, const TextDictionary& texts)
      : scratch_(scratch), ids_(ids) {
    const auto count = static_cast<size_t>(texts.size());
    if (scratch.renumbered.size() < count) scratch.renumbered.resize(count, -1);
    scratch.dictionary.clear();
  }
  ~TextNumbers() {
    for (const int32_t id : scratch_.dictionary) scratch_.renumbered[id] = -1;
  }
  /// Of the text at `position`; -1 where it is null.
  int32_t Number(int32_t position) {
    const int32_t id = static_cast<size_t>(position) < ids_.size() ? ids_[position] : -1;
    if (id < 0) return -1;
    int32_t& number = scratch_.renumbered[id];
    if (number < 0) {
      number = static_cast<int32_t>(scratch_.dictionary.size());
      scratch_.dictionary.push_back(id);
    }
    return number;
  }

 private:
  LeafScratch& scratch_;
  const std::span<const int32_t> ids_;
};

/// Adds the leaf of the texts that `ids` number, by position; -1, or a position past the end, is
/// null. The texts become a dictionary of those in use, or one by one where few of them repeat.
Status AddTexts(const LeafTarget& out, std::span<const int32_t> ids, const TextDictionary& texts);

}  // namespace weir::columnar
