// SPDX-License-Identifier: Apache-2.0
#pragma once
// Where the entries of a row group's leaves stand: the bridge from rows in file order to columns
// whose values are kept in the order they came.

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "columnar/column/columns.h"
#include "signal/leaf_column.h"

namespace weir::columnar {

/// The entries of a group of leaves that hang below the same struct or list. An entry has a
/// position in the columns, or is a placeholder: a row without children, a struct that is null.
struct Slots {
  std::vector<int32_t> positions;  // Of the entries that are no placeholders, in order.
  int64_t extent = 0;  // Positions that columns may have: those not longer have nulls to there.
  uint8_t base = 0;    // Definition level of an entry whose leaf is null.
  uint8_t absent = 0;  // That of every entry, an entry a row, where there are no positions at all.

  // Empty where an entry stands for each row: entry number by row, and one more.
  std::vector<int32_t> row_begins;
  // Empty where nothing is a placeholder: levels of the placeholders, `base` for others; and the
  // entry of each position.
  std::vector<uint8_t> definition;
  std::vector<int32_t> entry_of;
  // Empty where the leaves are in no list.
  std::vector<uint8_t> repetition;

  bool is_empty() const { return positions.empty(); }
  bool is_dense() const { return entry_of.empty(); }
  int64_t entry_begin(int64_t row) const { return row_begins.empty() ? row : row_begins[row]; }
  /// Index in `positions` of the first that is at entry `entry` or after.
  int64_t position_begin(int64_t entry) const {
    if (is_dense()) return entry;
    return std::ranges::lower_bound(entry_of, static_cast<int32_t>(entry)) - entry_of.begin();
  }
};

/// An entry a row.
Slots RowSlots(Positions order, int64_t extent);
/// Those of `rows`, one level deeper; placeholders where `present` is not set.
Slots StructSlots(const Slots& rows, const NumberColumn<uint8_t>& present);
/// Those of the children that `offsets` gives to the entries of `rows` (which are dense), in a list
/// of structs: the list, its element and the struct are one level each.
Slots ListSlots(const Slots& rows, const ListOffsets& offsets);

/// Fills `page` for a leaf below `slots`, its values into `values`. `is_set(i)`: whether there is a
/// value at slots.positions[i]; `value(i)`: that value. `all_set`: all have one.
template <typename T, typename IsSet, typename Value>
void FillLeaf(const Slots& slots, bool all_set, int64_t row_begin, int64_t row_end,
              signal::LeafPage& page, std::vector<T>& values, IsSet is_set, Value value) {
  const int64_t first = slots.entry_begin(row_begin), last = slots.entry_begin(row_end);
  if (!slots.repetition.empty()) {
    page.repetition.assign(slots.repetition.begin() + first, slots.repetition.begin() + last);
  }
  const int64_t begin = slots.position_begin(first), end = slots.position_begin(last);
  values.resize(end - begin);
  T* next = values.data();
  if (slots.is_dense() && all_set) {
    for (int64_t i = begin; i < end; ++i) *next++ = value(i);
    return;
  }
  if (slots.is_dense()) {
    page.definition.resize(last - first);
    uint8_t* definition = page.definition.data();
    for (int64_t i = begin; i < end; ++i) {
      const bool set = is_set(i);
      *definition++ = static_cast<uint8_t>(slots.base + set);
      if (set) *next++ = value(i);
    }
  } else {
    page.definition.assign(slots.definition.begin() + first, slots.definition.begin() + last);
    for (int64_t i = begin; i < end; ++i) {
      if (!is_set(i)) continue;
      page.definition[slots.entry_of[i] - first] = static_cast<uint8_t>(slots.base + 1);
      *next++ = value(i);
    }
  }
  values.resize(static_cast<size_t>(next - values.data()));
}

/// Buffers that the leaves of a row group use one after the other.
struct LeafScratch {
  std::vector<int32_t> renumbered;  // By text number; all -1 between leaves.
  std::vector<int32_t> dictionary;
  std::vector<int32_t> numbers;
  std::string ids;
};

/// What columns need to hand their leaves over.
struct LeafTarget {
  signal::LeafSink& sink;
  const Slots& slots;
  LeafScratch& scratch;
};

/// A leaf without any value.
Status AddNoValues(const LeafTarget& out);

}  // namespace weir::columnar
