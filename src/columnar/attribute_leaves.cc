// SPDX-License-Identifier: Apache-2.0
// Maps of attributes on their way to a file.
//
// A row's entries lie side by side, and so do those of the resource that many rows share: their
// numbers are copied as they are, and the levels of a row with n entries are always the same.

#include <algorithm>
#include <numeric>

#include "columnar/attribute_columns.h"
#include "columnar/column/leaves.h"

namespace weir::columnar {
namespace {

using signal::Leaf;
using signal::LeafKind;
using signal::LeafPage;

/// The levels of a map's two leaves.
struct MapLevels {
  uint8_t empty;  // The map is there, without entries.
  uint8_t key;    // An entry: its key is there, its value may be null.
  uint8_t value;
  uint8_t next;  // Repetition level of a row's entries after the first.

  explicit MapLevels(const Slots& slots)
      : empty(static_cast<uint8_t>(slots.base + 1)),
        key(static_cast<uint8_t>(slots.base + 2)),
        value(static_cast<uint8_t>(slots.base + 3)),
        next(slots.repetition.empty() ? 1 : 2) {}
};

/// How many entries a range of rows has, placeholders and empty maps (an entry each) included.
struct MapSize {
  size_t entries = 0;
  bool is_full = true;  // No placeholder, no empty map.
};

MapSize Measure(const Slots& slots, const ListOffsets& offsets, int64_t first, int64_t last) {
  const int64_t begin = slots.position_begin(first), end = slots.position_begin(last);
  MapSize size;
  size.entries = static_cast<size_t>((last - first) - (end - begin));
  size.is_full = size.entries == 0;
  for (int64_t i = begin; i < end; ++i) {
    const int32_t row = slots.positions[i];
    const int32_t count = offsets.end(row) - offsets.begin(row);
    size.is_full &= count > 0;
    size.entries += static_cast<size_t>(std::max(count, 1));
  }
  return size;
}

/// Walks the maps of the rows [row_begin, row_end): `copy(begin, end, numbers)` for each that has
/// some. Fills in levels, as if no value were null.
template <typename Copy>
void FillMap(const Slots& slots, const ListOffsets& offsets, uint8_t entry_level, int64_t row_begin,
             int64_t row_end, LeafPage& page, Copy copy) {
  const MapLevels levels(slots);
  const int64_t first = slots.entry_begin(row_begin), last = slots.entry_begin(row_end);
  const MapSize size = Measure(slots, offsets, first, last);
  page.repetition.assign(size.entries, levels.next);
  page.ints.resize(size.entries);
  int32_t* numbers = page.ints.data();
  if (!size.is_full) page.definition.assign(size.entries, entry_level);
  int64_t i = slots.position_begin(first);
  size_t at = 0;
  for (int64_t entry = first; entry < last; ++entry) {
    page.repetition[at] = slots.repetition.empty() ? 0 : slots.repetition[entry];
    if (!slots.is_dense() && (i == static_cast<int64_t>(slots.entry_of.size()) ||
                              slots.entry_of[i] != static_cast<int32_t>(entry))) {
      page.definition[at++] = slots.definition[entry];
      continue;
    }
    const int32_t row = slots.positions[i++];
    const int32_t begin = offsets.begin(row), end = offsets.end(row);
    if (begin == end) {
      page.definition[at++] = levels.empty;
      continue;
    }
    copy(begin, end, numbers);
    numbers += end - begin;
    at += static_cast<size_t>(end - begin);
  }
  page.ints.resize(static_cast<size_t>(numbers - page.ints.data()));
}

/// Where most texts are in use, all are listed: cheaper than finding out which.
bool ListsAll(const TextDictionary& texts, size_t entries) {
  return static_cast<size_t>(texts.size()) * 16 <= entries;
}

}  // namespace

Status AttributeColumns::WriteTo(const LeafTarget& out) const {
  TRY(WriteMapTo(out));
  return types_.WriteTo(out);
}

Status AttributeColumns::WriteMapTo(const LeafTarget& out) const {
  TRY(WriteKeys(out));
  return WriteValues(out);
}

Status AttributeColumns::WriteKeys(const LeafTarget& out) const {
  if (out.slots.is_empty()) return AddNoValues(out);
  const Slots& slots = out.slots;
  TextNumbers renumber(out.scratch, keys_);
  std::vector<int32_t>& dictionary = out.scratch.dictionary;
  const bool lists_all = ListsAll(keys_, slots.positions.size());
  if (lists_all) {
    dictionary.resize(static_cast<size_t>(keys_.size()));
    std::iota(dictionary.begin(), dictionary.end(), 0);
  } else {
    for (const int32_t row : slots.positions) {
      for (int32_t entry = offsets_.begin(row); entry < offsets_.end(row); ++entry) {
        renumber.Number(entries_[entry].key);
      }
    }
  }
  Leaf leaf{.kind = entries_.empty() ? LeafKind::kNone : LeafKind::kDictionary};
  leaf.texts = keys_.table();
  leaf.dictionary = dictionary;
  const int32_t* const renumbered = out.scratch.renumbered.data();
  leaf.fill = [&](int64_t begin, int64_t end, LeafPage& page) {
    const auto copy = [&](int32_t from, int32_t to, int32_t* numbers) {
      for (int32_t entry = from; entry < to; ++entry) {
        const int32_t key = entries_[entry].key;
        *numbers++ = lists_all ? key : renumbered[key];
      }
    };
    FillMap(slots, offsets_, MapLevels(slots).key, begin, end, page, copy);
  };
  return out.sink.Add(leaf);
}

int64_t AttributeColumns::NumberValues(const LeafTarget& out) const {
  auto& [renumbered, dictionary, groups, unused] = out.scratch;
  if (renumbered.size() < static_cast<size_t>(values_.size())) {
    renumbered.resize(values_.size(), -1);
  }
  dictionary.clear();
  groups.clear();  // The key under which each text of the dictionary was met first.
  std::vector<int32_t> begins(static_cast<size_t>(keys_.size()) + 1);
  std::vector<bool> seen(values_.use() == TextUse::kShared ? out.slots.extent : 0);
  int64_t values = 0;
  for (const int32_t row : out.slots.positions) {
    if (!seen.empty()) {
      if (seen[row]) continue;
      seen[row] = true;
    }
    for (int32_t entry = offsets_.begin(row); entry < offsets_.end(row); ++entry) {
      const auto [key, id] = entries_[entry];
      if (id < 0) continue;
      ++values;
      if (renumbered[id] >= 0) continue;
      renumbered[id] = 0;
      dictionary.push_back(id);
      groups.push_back(key);
      ++begins[key + 1];
    }
  }
  // The values of one key stand together: they are alike, so they compress, and common ones get
  // near numbers.
  std::partial_sum(begins.begin(), begins.end(), begins.begin());
  for (size_t i = 0; i < dictionary.size(); ++i) renumbered[dictionary[i]] = begins[groups[i]]++;
  std::swap(dictionary, groups);
  for (const int32_t id : groups) dictionary[renumbered[id]] = id;
  return values;
}

Status AttributeColumns::WriteValues(const LeafTarget& out) const {
  if (out.slots.is_empty()) return AddNoValues(out);
  const Slots& slots = out.slots;
  const int64_t values = NumberValues(out);
  const int32_t* const renumbered = out.scratch.renumbered.data();
  const std::vector<int32_t>& dictionary = out.scratch.dictionary;
  const auto distinct = static_cast<int64_t>(dictionary.size());
  const bool repeats = values_.use() == TextUse::kShared || distinct * 2 <= values;
  const MapLevels levels(slots);
  Leaf leaf{.kind = values == 0 ? LeafKind::kNone
                    : repeats   ? LeafKind::kDictionary
                                : LeafKind::kText};
  leaf.texts = values_.table();
  leaf.dictionary = dictionary;
  leaf.fill = [&](int64_t begin, int64_t end, LeafPage& page) {
    const auto copy = [&](int32_t from, int32_t to, int32_t* numbers) {
      for (int32_t entry = from; entry < to; ++entry) {
        const int32_t id = entries_[entry].value;
        *numbers++ = id < 0 || !repeats ? id : renumbered[id];
      }
    };
    FillMap(slots, offsets_, levels.value, begin, end, page, copy);
    if (empty_values_ > 0) DropEmptyValues(levels.key, levels.value, page);
  };
  const Status added = out.sink.Add(leaf);
  for (const int32_t id : dictionary) out.scratch.renumbered[id] = -1;
  return added;
}

void AttributeColumns::DropEmptyValues(uint8_t null_level, uint8_t level, LeafPage& page) {
  if (std::ranges::count(page.ints, -1) == 0) return;
  if (page.definition.empty()) page.definition.assign(page.repetition.size(), level);
  size_t next = 0;
  for (uint8_t& definition : page.definition) {
    if (definition != level) continue;
    if (page.ints[next++] < 0) definition = null_level;
  }
  std::erase(page.ints, -1);
}

}  // namespace weir::columnar
