// SPDX-License-Identifier: Apache-2.0
#pragma once
// One leaf column of many rows, read back from files: what a row group of any order of them is made
// from.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "signal/leaf_column.h"

namespace weir::datafile {

/// Values and levels in row order, nulls left out of the values. A value where every row must have
/// one needs no levels and no starts.
struct StoredLeaf {
  signal::LeafKind kind = signal::LeafKind::kNone;  // Of texts: kDictionary.
  bool is_optional = false;  // Entries may lack a value: there are definition levels.
  bool is_repeated = false;  // Rows may have any number of entries: there are repetition levels.
  uint8_t definition_max = 0;

  int64_t rows = 0;
  std::vector<uint8_t> definition, repetition;
  std::vector<uint32_t> row_entries;  // Where each row's entries begin; repeated leaves only.
  std::vector<uint32_t> row_values;   // Where each row's values begin; optional leaves only.

  std::vector<int32_t> ints;  // Of texts: their numbers.
  std::vector<int64_t> longs;
  std::vector<double> doubles;
  std::vector<uint8_t> bools;
  std::string text_bytes;
  std::vector<int32_t> text_ends = {0};
  bool shares_prefixes = false;  // Texts that came without what they share with the one before.

  signal::TextTable texts() const { return {text_bytes.data(), text_ends}; }
  int64_t num_texts() const { return std::ssize(text_ends) - 1; }
  int64_t num_values() const;
  /// As new, but for the room that it keeps.
  void Clear();
};

/// The entries of all rows of a leaf in another order, side by side, so that pages are copies of
/// ranges. Takes leaf after leaf, keeping its buffers. One thread.
class OrderedLeaf {
 public:
  /// Takes the values of `leaf` in. `order`: each row at most once.
  void Start(const StoredLeaf& leaf, std::span<const uint32_t> order);

  /// Adds the entries of the rows [begin, end) of the order to an empty page.
  void FillPage(int64_t begin, int64_t end, signal::LeafPage& page) const;

  /// True where every row has the same entry without a value, of that level.
  bool IsNone() const { return is_none_; }
  uint8_t none_level() const { return all_.definition.empty() ? 0 : all_.definition.front(); }

  /// Numbers texts by where they are first used, which is how they repeat in pages and lie together
  /// in the dictionary. Returns the leaf's number of each.
  std::vector<int32_t> NumberByFirstUse();

 private:
  void CopyLevels(const StoredLeaf& leaf, std::span<const uint32_t> order);

  signal::LeafKind kind_ = signal::LeafKind::kNone;
  bool is_optional_ = false, is_repeated_ = false;
  int64_t num_texts_ = 0;
  signal::LeafPage all_;
  std::vector<uint32_t> row_entries_, row_values_;  // As StoredLeaf's, and where the last row ends.
  bool is_none_ = false;
};

}  // namespace weir::datafile
