// SPDX-License-Identifier: Apache-2.0
#pragma once
// One leaf column of a row group in chosen rows, read page by page.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "datafile/lookup/file_head.h"

namespace weir::datafile {

/// Rows of a row group, from `begin` up to before `end`.
struct RowRange {
  int64_t begin = 0, end = 0;

  bool operator==(const RowRange&) const = default;
};

/// The entries of those rows, in order; nulls are left out of the values.
struct LeafRows {
  int16_t definition_max = 0, repetition_max = 0;
  std::vector<int16_t> definition, repetition;  // One an entry.
  // Bools, 32- and 64-bit numbers in `longs`; texts one after the other.
  std::vector<int64_t> longs;
  std::vector<double> doubles;
  std::string bytes;
  std::vector<size_t> ends;  // Of each text.

  std::string_view text(size_t number) const {
    const size_t begin = number == 0 ? 0 : ends[number - 1];
    return std::string_view(bytes).substr(begin, ends[number] - begin);
  }
};

/// A leaf of a row group. `column`: its number among the leaves.
struct LeafPlace {
  const FileHead& head;
  int group = 0;
  int column = 0;
};

/// `rows`: ascending, each once. Errors: kBadRequest where the file contradicts itself or has a
/// type that no published table has; the store's. Throws what Parquet throws.
Result<LeafRows> ReadLeaf(const PartReader& parts, const LeafPlace& place,
                          std::span<const int64_t> rows);

/// Those of the rows in `ranges` (ascending, apart) whose value is `text`, in a column of texts
/// outside lists and maps. Errors as ReadLeaf's.
Result<std::vector<int64_t>> FindText(const PartReader& parts, const LeafPlace& place,
                                      std::span<const RowRange> ranges, std::string_view text);

}  // namespace weir::datafile
