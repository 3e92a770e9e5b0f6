// SPDX-License-Identifier: Apache-2.0
#pragma once
// The values of one column outside lists and maps, set row by row from texts.

#include <arrow/type_fwd.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "datafile/rewrite/text_numbers.h"
#include "signal/leaf_column.h"

namespace weir::datafile {

/// How values of that type are kept; kDictionary for texts and bytes, kNone for a type that no
/// column can be added with.
signal::LeafKind LeafKindOf(const arrow::DataType& type);

/// One thread. Rows that nothing was set in are null.
class ColumnValues {
 public:
  ColumnValues(signal::LeafKind kind, int64_t rows);

  /// Sets the row's value from the text of an attribute's value. Null where it is none of the
  /// column's kind: `42` and `42.0` are a long, as far as one holds them; `true` and `false` are
  /// booleans.
  void Set(int64_t row, std::string_view text);
  void Clear(int64_t row) { has_value_[static_cast<size_t>(row)] = 0; }

  signal::LeafKind kind() const { return kind_; }
  int64_t num_rows() const { return std::ssize(has_value_); }
  bool has_value(int64_t row) const { return has_value_[static_cast<size_t>(row)] != 0; }
  /// Of rows that have a value, by the column's kind.
  int32_t int_at(int64_t row) const { return ints_[static_cast<size_t>(row)]; }
  int64_t long_at(int64_t row) const { return longs_[static_cast<size_t>(row)]; }
  double double_at(int64_t row) const { return doubles_[static_cast<size_t>(row)]; }
  bool bool_at(int64_t row) const { return ints_[static_cast<size_t>(row)] != 0; }
  std::string_view text_at(int64_t row) const { return texts().at(int_at(row)); }

  /// The column as the next leaf of `sink`.
  Status WriteTo(signal::LeafSink& sink) const;

 private:
  signal::TextTable texts() const { return {text_bytes_.data(), text_ends_}; }
  void Fill(int64_t begin, int64_t end, signal::LeafPage& page) const;
  int32_t NumberOf(std::string_view text);

  signal::LeafKind kind_;
  std::vector<uint8_t> has_value_;  // By row, as what follows.
  std::vector<int32_t> ints_;       // Of texts: their numbers.
  std::vector<int64_t> longs_;
  std::vector<double> doubles_;
  TextNumbers numbers_;
  std::string text_bytes_;
  std::vector<int32_t> text_ends_ = {0};
};

}  // namespace weir::datafile
