// SPDX-License-Identifier: Apache-2.0
#include "columnar/column/leaves.h"

#include <cstring>

namespace weir::columnar {
namespace {

using signal::Leaf;
using signal::LeafKind;
using signal::LeafPage;

// A dictionary of ids is given up when among this many hardly one is a repeat; and at the end where
// at most a quarter were, since what it saves would go into the positions.
constexpr size_t kIdSample = 4096;

/// Numbers equal ids alike, in order of appearance. The ids are random, so their bytes are their
/// hash.
class IdNumbers {
 public:
  IdNumbers(size_t id_bytes, size_t count_max, std::string& ids) : id_bytes_(id_bytes), ids_(ids) {
    size_t slots = 64;
    while (slots < count_max * 2) slots *= 2;
    slots_.assign(slots, -1);
    ids_.clear();
  }
  int32_t Number(const char* id) {
    uint64_t head;
    std::memcpy(&head, id + id_bytes_ - 8, 8);
    // Traces that one sender numbers itself may differ in few bits.
    size_t slot = (head * 0x9e3779b97f4a7c15u >> 20) & (slots_.size() - 1);
    for (; slots_[slot] >= 0; slot = (slot + 1) & (slots_.size() - 1)) {
      if (std::memcmp(ids_.data() + slots_[slot] * id_bytes_, id, id_bytes_) == 0)
        return slots_[slot];
    }
    slots_[slot] = static_cast<int32_t>(count());
    ids_.append(id, id_bytes_);
    return slots_[slot];
  }
  size_t count() const { return ids_.size() / id_bytes_; }

 private:
  const size_t id_bytes_;
  std::string& ids_;
  std::vector<int32_t> slots_;
};

template <typename T>
constexpr LeafKind kKindOf = std::is_same_v<T, int32_t>   ? LeafKind::kInt
                             : std::is_same_v<T, int64_t> ? LeafKind::kLong
                             : std::is_same_v<T, double>  ? LeafKind::kDouble
                                                          : LeafKind::kBool;

void Push(LeafPage& page, int32_t value) { page.ints.push_back(value); }
void Push(LeafPage& page, int64_t value) { page.longs.push_back(value); }
void Push(LeafPage& page, double value) { page.doubles.push_back(value); }
void Push(LeafPage& page, uint8_t value) { page.bytes.push_back(static_cast<char>(value)); }

}  // namespace

template <typename T>
Status NumberColumn<T>::WriteTo(const LeafTarget& out) const {
  if (values_.empty() || out.slots.is_empty()) return AddNoValues(out);
  const Slots& slots = out.slots;
  Leaf leaf{.kind = kKindOf<T>};
  const bool all_set = is_set_to(slots.extent);
  leaf.fill = [&](int64_t begin, int64_t end, LeafPage& page) {
    FillLeaf(
        slots, all_set, begin, end, page, [&](int64_t i) { return IsSet(slots.positions[i]); },
        [&](int64_t i) { Push(page, values_[slots.positions[i]]); });
  };
  return out.sink.Add(leaf);
}

template Status NumberColumn<int32_t>::WriteTo(const LeafTarget&) const;
template Status NumberColumn<int64_t>::WriteTo(const LeafTarget&) const;
template Status NumberColumn<double>::WriteTo(const LeafTarget&) const;
template Status NumberColumn<uint8_t>::WriteTo(const LeafTarget&) const;

Status AddTexts(const LeafTarget& out, std::span<const int32_t> ids, const TextDictionary& texts) {
  if (ids.empty() || out.slots.is_empty()) return AddNoValues(out);
  const Slots& slots = out.slots;
  auto& [renumbered, dictionary, numbers, unused] = out.scratch;
  if (renumbered.size() < static_cast<size_t>(texts.size())) renumbered.resize(texts.size(), -1);
  dictionary.clear();
  numbers.resize(slots.positions.size());
  size_t values = 0;
  for (size_t i = 0; i < numbers.size(); ++i) {
    const auto position = static_cast<size_t>(slots.positions[i]);
    const int32_t id = position < ids.size() ? ids[position] : -1;
    numbers[i] = -1;
    if (id < 0) continue;
    ++values;
    int32_t& number = renumbered[id];
    if (number < 0) {
      number = static_cast<int32_t>(dictionary.size());
      dictionary.push_back(id);
    }
    numbers[i] = number;
  }
  for (const int32_t id : dictionary) renumbered[id] = -1;
  if (values == 0) return AddNoValues(out);

  const bool repeats = texts.use() == TextUse::kShared || dictionary.size() * 2 <= values;
  Leaf leaf{.kind = repeats ? LeafKind::kDictionary : LeafKind::kText};
  leaf.texts = texts.table();
  leaf.dictionary = dictionary;
  const bool all_set = values == numbers.size();
  leaf.fill = [&](int64_t begin, int64_t end, LeafPage& page) {
    FillLeaf(
        slots, all_set, begin, end, page, [&](int64_t i) { return numbers[i] >= 0; },
        [&](int64_t i) { page.ints.push_back(repeats ? numbers[i] : dictionary[numbers[i]]); });
  };
  return out.sink.Add(leaf);
}

Status TextColumn::WriteTo(const LeafTarget& out) const {
  return AddTexts(out, ids_.ids(), dictionary_);
}

Status IdColumn::WriteTo(const LeafTarget& out) const {
  if (words_.empty() || out.slots.is_empty()) return AddNoValues(out);
  const Slots& slots = out.slots;
  const bool all_set = valid_.empty() && size() >= slots.extent;
  const auto is_set = [&](int64_t i) { return IsSet(slots.positions[i]); };
  Leaf leaf{.kind = LeafKind::kHexId, .id_bytes = static_cast<int>(id_bytes())};
  leaf.fill = [&](int64_t begin, int64_t end, LeafPage& page) {
    FillLeaf(slots, all_set, begin, end, page, is_set,
             [&](int64_t i) { page.bytes.append(at(slots.positions[i]), id_bytes()); });
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
        slots, all_set, begin, end, page, [&](int64_t i) { return numbers[i] >= 0; },
        [&](int64_t i) { page.ints.push_back(numbers[i]); });
  };
  return out.sink.Add(leaf);
}

}  // namespace weir::columnar
