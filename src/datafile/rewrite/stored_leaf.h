// SPDX-License-Identifier: Apache-2.0
#pragma once
// One leaf column of many rows, read back from files: what a page needs of any of them.

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
  int64_t single_texts = 0;  // Values whose text has a number for them alone.

  signal::TextTable texts() const { return {text_bytes.data(), text_ends}; }
  int64_t num_texts() const { return std::ssize(text_ends) - 1; }
  int64_t num_values() const;
};

/// Adds the entries of those rows to an empty page, in the order given.
void FillPage(const StoredLeaf& leaf, std::span<const uint32_t> rows, signal::LeafPage& page);

}  // namespace weir::datafile
