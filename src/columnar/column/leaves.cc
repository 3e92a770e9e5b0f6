// SPDX-License-Identifier: Apache-2.0
#include "columnar/column/leaves.h"

#include "columnar/column/id_numbers.h"

namespace weir::columnar {
namespace {

using signal::Leaf;
using signal::LeafKind;
using signal::LeafPage;

// A dictionary of ids is given up when among this many hardly one is a repeat; and at the end where
// at most a quarter were, since what it saves would go into the positions.
constexpr size_t kIdSample = 4096;

}  // namespace

template <typename T>
Status NumberColumn<T>::WriteTo(const LeafTarget& out) const {
  if (values_.empty() || out.slots.is_empty()) return AddNoValues(out);
  const Slots& slots = out.slots;
  Leaf leaf{.kind = kKindOf<T>};
  const bool all_set = is_set_to(slots.extent);
  leaf.fill = [&](int64_t begin, int64_t end, LeafPage& page) {
    FillLeaf(
        slots, all_set, begin, end, page, ValuesOf(page, T{}),
        [&](int64_t i) { return IsSet(slots.positions[i]); },
        [&](int64_t i) { return values_[slots.positions[i]]; });
  };
  return out.sink.Add(leaf);
}

template Status NumberColumn<int32_t>::WriteTo(const LeafTarget&) const;
template Status NumberColumn<int64_t>::WriteTo(const LeafTarget&) const;
template Status NumberColumn<double>::WriteTo(const LeafTarget&) const;
template Status NumberColumn<uint8_t>::WriteTo(const LeafTarget&) const;

namespace {

/// Where many rows share few positions, as they do resources: the texts of all positions, whether
/// in use or not, are numbered, and rows need no number of their own.
Status AddSharedTexts(const LeafTarget& out, std::span<const int32_t> ids,
                      const TextDictionary& texts) {
  const Slots& slots = out.slots;
  std::vector<int32_t>& numbers = out.scratch.numbers;
  numbers.resize(static_cast<size_t>(slots.extent));
  TextNumbers renumber(out.scratch, texts);
  bool all_set = true;
  for (size_t position = 0; position < numbers.size(); ++position) {
    numbers[position] = renumber.Number(position < ids.size() ? ids[position] : -1);
    all_set &= numbers[position] >= 0;
  }
  Leaf leaf{.kind = LeafKind::kDictionary};
  leaf.texts = texts.table();
  leaf.dictionary = out.scratch.dictionary;
  leaf.fill = [&](int64_t begin, int64_t end, LeafPage& page) {
    const int32_t* positions = slots.positions.data();
    FillLeaf(
        slots, all_set, begin, end, page, page.ints,
        [&](int64_t i) { return numbers[positions[i]] >= 0; },
        [&](int64_t i) { return numbers[positions[i]]; });
  };
  return out.sink.Add(leaf);
}

}  // namespace

Status AddTexts(const LeafTarget& out, std::span<const int32_t> ids, const TextDictionary& texts) {
  if (ids.empty() || out.slots.is_empty()) return AddNoValues(out);
  const Slots& slots = out.slots;
  if (slots.extent * 8 < static_cast<int64_t>(slots.positions.size())) {
    return AddSharedTexts(out, ids, texts);
  }
  std::vector<int32_t>& numbers = out.scratch.numbers;
  numbers.resize(slots.positions.size());
  TextNumbers renumber(out.scratch, texts);
  size_t values = 0;
  for (size_t i = 0; i < numbers.size(); ++i) {
    const auto position = static_cast<size_t>(slots.positions[i]);
    numbers[i] = renumber.Number(position < ids.size() ? ids[position] : -1);
    values += numbers[i] >= 0;
  }
  if (values == 0) return AddNoValues(out);

  const std::vector<int32_t>& dictionary = out.scratch.dictionary;
  const bool repeats = texts.use() == TextUse::kShared || dictionary.size() * 2 <= values;
  Leaf leaf{.kind = repeats ? LeafKind::kDictionary : LeafKind::kText};
  leaf.texts = texts.table();
  leaf.dictionary = dictionary;
  const bool all_set = values == numbers.size();
  leaf.fill = [&](int64_t begin, int64_t end, LeafPage& page) {
    const auto is_set = [&](int64_t i) { return numbers[i] >= 0; };
    const auto number = [&](int64_t i) { return numbers[i]; };
    const auto id = [&](int64_t i) { return dictionary[numbers[i]]; };
    if (repeats) {
      FillLeaf(slots, all_set, begin, end, page, page.ints, is_set, number);
    } else {
      FillLeaf(slots, all_set, begin, end, page, page.ints, is_set, id);
    }
  };
  return out.sink.Add(leaf);
}

Status TextColumn::WriteTo(const LeafTarget& out) const {
  return AddTexts(out, ids_.ids(), dictionary_);
}

/// An id as it is kept, to be copied as one value.
template <size_t kWords>
struct IdColumn::Id {
  uint64_t words[kWords];
};

template <typename AnId>
void IdColumn::FillIds(const Slots& slots, bool all_set, int64_t begin, int64_t end,
                       LeafPage& page) const {
  std::vector<AnId> ids;
  FillLeaf(
      slots, all_set, begin, end, page, ids, [&](int64_t i) { return IsSet(slots.positions[i]); },
      [&](int64_t i) { return LoadWord<AnId>(at(slots.positions[i])); });
  page.bytes.assign(reinterpret_cast<const char*>(ids.data()), ids.size() * sizeof(AnId));
}

Status IdColumn::WriteTo(const LeafTarget& out) const {
  if (words_.empty() || out.slots.is_empty()) return AddNoValues(out);
  const Slots& slots = out.slots;
  const bool all_set = valid_.empty() && size() >= slots.extent;
  const auto is_set = [&](int64_t i) { return IsSet(slots.positions[i]); };
  Leaf leaf{.kind = LeafKind::kHexId, .id_bytes = static_cast<int>(id_bytes())};
  leaf.fill = [&](int64_t begin, int64_t end, LeafPage& page) {
    if (words_per_id_ == 1) {
      FillIds<Id<1>>(slots, all_set, begin, end, page);
    } else {
      FillIds<Id<2>>(slots, all_set, begin, end, page);
    }
  };
  if (use_ == IdUse::kUnique) return out.sink.Add(leaf);

  std::vector<int32_t>& numbers = out.scratch.numbers;
  numbers.assign(slots.positions.size(), -1);
  IdNumbers known(id_bytes(), numbers.size(), out.scratch.ids);
  size_t values = 0;
  for (size_t i = 0; i < numbers.size(); ++i) {
    if (!is_set(static_cast<int64_t>(i))) continue;
    numbers[i] = known.Number(at(slots.positions[i]));
    if (++values == kIdSample && known.count() * 16 > values * 15) return out.sink.Add(leaf);
  }
  if (values == 0) return AddNoValues(out);
  if (known.count() * 4 > values * 3) return out.sink.Add(leaf);
  leaf.kind = LeafKind::kHexDictionary;
  leaf.id_dictionary = out.scratch.ids;
  leaf.fill = [&](int64_t begin, int64_t end, LeafPage& page) {
    FillLeaf(
        slots, all_set, begin, end, page, page.ints, [&](int64_t i) { return numbers[i] >= 0; },
        [&](int64_t i) { return numbers[i]; });
  };
  return out.sink.Add(leaf);
}

}  // namespace weir::columnar
