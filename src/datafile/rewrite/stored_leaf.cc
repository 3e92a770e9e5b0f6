// SPDX-License-Identifier: Apache-2.0
#include "datafile/rewrite/stored_leaf.h"

#include "datafile/encoding/level_encoder.h"

namespace weir::datafile {
namespace {

/// [begin, end) of entries or values.
struct Part {
  size_t begin = 0, end = 0;
};

Part PartOf(const std::vector<uint32_t>& begins, uint32_t row, size_t size) {
  return {begins[row], row + 1 < begins.size() ? begins[row + 1] : size};
}

/// Where each row's part begins when the rows stand in another order, and where the last one ends.
void BeginsIn(std::span<const uint32_t> order, const std::vector<uint32_t>& begins, size_t size,
              std::vector<uint32_t>& ordered) {
  ordered.resize(order.size() + 1);
  uint32_t at = 0;
  for (size_t i = 0; i < order.size(); ++i) {
    ordered[i] = at;
    const Part part = PartOf(begins, order[i], size);
    at += static_cast<uint32_t>(part.end - part.begin);
  }
  ordered.back() = at;
}

/// Parts are a few numbers each, too few to be worth a call.
template <typename Number>
void CopyParts(const std::vector<Number>& from, std::span<const uint32_t> order,
               const std::vector<uint32_t>& begins, const std::vector<uint32_t>& ordered,
               std::vector<Number>& to) {
  to.resize(ordered.back());
  for (size_t i = 0; i < order.size(); ++i) {
    const Number* source = from.data() + begins[order[i]];
    Number* const end = to.data() + ordered[i + 1];
    for (Number* target = to.data() + ordered[i]; target != end; ++target) *target = *source++;
  }
}

template <typename Number>
void CopyRows(const std::vector<Number>& from, std::span<const uint32_t> order,
              std::vector<Number>& to) {
  to.resize(order.size());
  for (size_t i = 0; i < order.size(); ++i) to[i] = from[order[i]];
}

template <typename Number>
void CopyRange(const std::vector<Number>& from, Part part, std::vector<Number>& to) {
  to.assign(from.begin() + static_cast<ptrdiff_t>(part.begin),
            from.begin() + static_cast<ptrdiff_t>(part.end));
}

/// Calls `copy` with the values of the leaf's kind in both.
template <typename Copy>
void OfKind(signal::LeafKind kind, const auto& from, auto& to, Copy copy) {
  switch (kind) {
    case signal::LeafKind::kBool: return copy(from.bools, to.bools);
    case signal::LeafKind::kLong: return copy(from.longs, to.longs);
    case signal::LeafKind::kDouble: return copy(from.doubles, to.doubles);
    default: return copy(from.ints, to.ints);
  }
}

}  // namespace

int64_t StoredLeaf::num_values() const {
  return std::ssize(ints) + std::ssize(longs) + std::ssize(doubles) + std::ssize(bools);
}

void StoredLeaf::Clear() {
  kind = signal::LeafKind::kNone;
  is_optional = is_repeated = shares_prefixes = false;
  definition_max = 0;
  rows = 0;
  definition.clear();
  repetition.clear();
  row_entries.clear();
  row_values.clear();
  ints.clear();
  longs.clear();
  doubles.clear();
  bools.clear();
  text_bytes.clear();
  text_ends.assign(1, 0);
}

void OrderedLeaf::Start(const StoredLeaf& leaf, std::span<const uint32_t> order) {
  kind_ = leaf.kind;
  is_optional_ = leaf.is_optional;
  is_repeated_ = leaf.is_repeated;
  num_texts_ = leaf.num_texts();
  all_.Clear();
  const auto values = static_cast<size_t>(leaf.num_values());
  is_none_ = leaf.is_optional && values == 0 && leaf.definition.size() == order.size() &&
             CountLevel(leaf.definition, leaf.definition.front()) == leaf.definition.size();
  if (is_none_) {
    all_.definition.assign(1, leaf.definition.front());
    return;
  }
  if (!leaf.is_optional) {
    OfKind(kind_, leaf, all_, [&](const auto& from, auto& to) { CopyRows(from, order, to); });
    return;
  }
  CopyLevels(leaf, order);
  BeginsIn(order, leaf.row_values, values, row_values_);
  OfKind(kind_, leaf, all_, [&](const auto& from, auto& to) {
    CopyParts(from, order, leaf.row_values, row_values_, to);
  });
}

void OrderedLeaf::CopyLevels(const StoredLeaf& leaf, std::span<const uint32_t> order) {
  if (!leaf.is_repeated) return CopyRows(leaf.definition, order, all_.definition);
  BeginsIn(order, leaf.row_entries, leaf.definition.size(), row_entries_);
  CopyParts(leaf.definition, order, leaf.row_entries, row_entries_, all_.definition);
  CopyParts(leaf.repetition, order, leaf.row_entries, row_entries_, all_.repetition);
}

void OrderedLeaf::FillPage(int64_t begin, int64_t end, signal::LeafPage& page) const {
  const Part rows{static_cast<size_t>(begin), static_cast<size_t>(end)};
  Part values = rows;
  if (is_optional_) {
    Part entries = rows;
    if (is_repeated_) {
      entries = {row_entries_[rows.begin], row_entries_[rows.end]};
      CopyRange(all_.repetition, entries, page.repetition);
    }
    CopyRange(all_.definition, entries, page.definition);
    values = {row_values_[rows.begin], row_values_[rows.end]};
  }
  OfKind(kind_, all_, page, [&](const auto& from, auto& to) { CopyRange(from, values, to); });
}

std::vector<int32_t> OrderedLeaf::NumberByFirstUse() {
  std::vector<int32_t> positions(static_cast<size_t>(num_texts_), -1), numbers;
  for (int32_t& number : all_.ints) {
    int32_t& position = positions[static_cast<size_t>(number)];
    if (position < 0) {
      position = static_cast<int32_t>(numbers.size());
      numbers.push_back(number);
    }
    number = position;
  }
  return numbers;
}

}  // namespace weir::datafile
