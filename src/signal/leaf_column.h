// SPDX-License-Identifier: Apache-2.0
#pragma once
// Columns on their way from rows to a file: leaf by leaf and page by page, as numbers, levels and
// dictionary indices, without arrays of whole columns in between.

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace weir::signal {

/// Numbered texts: text i is bytes[ends[i], ends[i + 1]).
struct TextTable {
  const char* bytes = nullptr;
  std::span<const int32_t> ends;  // One more than there are texts, the first 0; empty: no texts.

  std::string_view at(int32_t number) const {
    return {bytes + ends[number], static_cast<size_t>(ends[number + 1] - ends[number])};
  }
};

enum class LeafKind : uint8_t {
  kNone,    // No values: `fill` gives levels only, or is empty: an entry a row, all at Leaf::level.
  kBool,    // LeafPage::bytes, a byte each, 0 or 1.
  kInt,     // LeafPage::ints; 32 bits, dates too.
  kLong,    // LeafPage::longs; 64 bits, timestamps in µs too.
  kDouble,  // LeafPage::doubles
  kText,    // LeafPage::ints, numbers in Leaf::texts. Few of them repeat.
  kDictionary,  // LeafPage::ints, positions in Leaf::dictionary, which lists numbers in
                // Leaf::texts.
  kHexId,       // LeafPage::bytes, Leaf::id_bytes each; the file has them as lower-case hex text.
  kHexDictionary,  // LeafPage::ints, positions in Leaf::id_dictionary, as lower-case hex text.
};

/// The entries of one leaf in some neighbouring rows, nulls left out of the values. Buffers are
/// kept between pages.
struct LeafPage {
  // Parquet's levels, one an entry. `definition` is empty where every entry has a value,
  // `repetition` where the leaf is in no list or map.
  std::vector<uint8_t> definition, repetition;
  std::vector<int32_t> ints;
  std::vector<int64_t> longs;
  std::vector<double> doubles;
  std::vector<uint8_t> bools;
  std::string bytes;

  void Clear() {
    definition.clear();
    repetition.clear();
    ints.clear();
    longs.clear();
    doubles.clear();
    bools.clear();
    bytes.clear();
  }
};

/// One leaf column of a row group. All it points at lives until LeafSink::Add has returned.
struct Leaf {
  /// Fills an empty page with the entries of the rows [begin, end) of the row group. Called with
  /// any range, in ascending order for the most part, the same range again where a page became too
  /// large.
  using Fill = std::function<void(int64_t begin, int64_t end, LeafPage& page)>;

  LeafKind kind = LeafKind::kNone;
  Fill fill;
  uint8_t level = 0;  // kNone without `fill`.
  TextTable texts;
  std::span<const int32_t> dictionary;
  int id_bytes = 0;
  std::string_view id_dictionary;  // id_bytes each.
  bool shares_prefixes = false;    // kHexId, kText: neighbours begin alike.
};

/// Takes the leaves of one row group, in the schema's order, depth first. One thread.
class LeafSink {
 public:
  virtual ~LeafSink() = default;
  virtual Status Add(const Leaf& leaf) = 0;
};

}  // namespace weir::signal
