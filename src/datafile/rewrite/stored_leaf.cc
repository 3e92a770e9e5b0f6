// SPDX-License-Identifier: Apache-2.0
#include "datafile/rewrite/stored_leaf.h"

namespace weir::datafile {
namespace {

/// A row's part of entries or values: [begin, end).
struct Part {
  size_t begin = 0, end = 0;
};

Part PartOf(const std::vector<uint32_t>& begins, uint32_t row, size_t size) {
  return {begins[row], row + 1 < begins.size() ? begins[row + 1] : size};
}

template <typename Value>
void Append(const std::vector<Value>& from, Part part, std::vector<Value>& to) {
  to.insert(to.end(), from.begin() + static_cast<ptrdiff_t>(part.begin),
            from.begin() + static_cast<ptrdiff_t>(part.end));
}

template <typename Value>
void FillValues(const StoredLeaf& leaf, const std::vector<Value>& values,
                std::span<const uint32_t> rows, std::vector<Value>& out) {
  out.reserve(rows.size());
  if (!leaf.is_optional) {
    for (const uint32_t row : rows) out.push_back(values[row]);
    return;
  }
  for (const uint32_t row : rows) {
    Append(values, PartOf(leaf.row_values, row, values.size()), out);
  }
}

void FillLevels(const StoredLeaf& leaf, std::span<const uint32_t> rows, signal::LeafPage& page) {
  if (!leaf.is_optional) return;
  if (!leaf.is_repeated) {
    page.definition.reserve(rows.size());
    for (const uint32_t row : rows) page.definition.push_back(leaf.definition[row]);
    return;
  }
  for (const uint32_t row : rows) {
    const Part part = PartOf(leaf.row_entries, row, leaf.definition.size());
    Append(leaf.definition, part, page.definition);
    Append(leaf.repetition, part, page.repetition);
  }
}

}  // namespace

int64_t StoredLeaf::num_values() const {
  return std::ssize(ints) + std::ssize(longs) + std::ssize(doubles) + std::ssize(bools);
}

void FillPage(const StoredLeaf& leaf, std::span<const uint32_t> rows, signal::LeafPage& page) {
  FillLevels(leaf, rows, page);
  switch (leaf.kind) {
    case signal::LeafKind::kBool: FillValues(leaf, leaf.bools, rows, page.bools); break;
    case signal::LeafKind::kLong: FillValues(leaf, leaf.longs, rows, page.longs); break;
    case signal::LeafKind::kDouble: FillValues(leaf, leaf.doubles, rows, page.doubles); break;
    default: FillValues(leaf, leaf.ints, rows, page.ints);
  }
}

}  // namespace weir::datafile
