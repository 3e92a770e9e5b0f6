// SPDX-License-Identifier: Apache-2.0
#pragma once
// The simple columns that rows are gathered in: they grow by setting row after row and leave as
// Arrow arrays.
//
// All share three rules. Set(row, …) is called with ascending rows; rows passed over are null.
// Truncate(rows) forgets later rows. Gather(order) gives the values at those positions, in that
// order, as an Arrow array; a position past the end is null. A column that was never set costs
// nothing.

#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "columnar/text_dictionary.h"

namespace weir::columnar {

/// Positions in a column, in the order wanted.
using Positions = std::span<const int32_t>;

/// One thread. `T`: int32_t, int64_t, double or bool (as uint8_t).
template <typename T>
class NumberColumn {
 public:
  void Set(int64_t row, T value) {
    PadTo(row);
    values_.push_back(value);
    valid_.push_back(1);
  }
  bool IsSet(int64_t row) const { return row < size() && valid_[row] != 0; }
  T at(int64_t row) const { return values_[row]; }
  void Truncate(int64_t rows) {
    if (rows < size()) values_.resize(rows), valid_.resize(rows);
  }
  int64_t byte_size() const {
    return static_cast<int64_t>(values_.capacity() * (sizeof(T) + sizeof(uint8_t)));
  }
  /// `type`: a type whose values are laid out as T's (bool for uint8_t).
  std::shared_ptr<arrow::Array> Gather(Positions order,
                                       const std::shared_ptr<arrow::DataType>& type) const;

 private:
  int64_t size() const { return static_cast<int64_t>(values_.size()); }
  void PadTo(int64_t row) {
    if (row > size()) values_.resize(row), valid_.resize(row);
  }

  std::vector<T> values_;
  std::vector<uint8_t> valid_;
};

extern template class NumberColumn<int32_t>;
extern template class NumberColumn<int64_t>;
extern template class NumberColumn<double>;
extern template class NumberColumn<uint8_t>;

/// Texts that repeat. One thread.
class TextColumn {
 public:
  explicit TextColumn(TextUse use = TextUse::kOwn) : dictionary_(use) {}

  /// False, and nothing set, where `text` is not UTF-8.
  bool Set(int64_t row, std::string_view text);
  /// As Set, but an empty text is null: protobuf can't tell the two apart.
  bool SetUnlessEmpty(int64_t row, std::string_view text) { return text.empty() || Set(row, text); }
  void Truncate(int64_t rows) {
    if (rows < static_cast<int64_t>(ids_.size())) ids_.resize(rows);
  }
  /// The text at `row`, empty where it is null.
  std::string_view at(int64_t row) const;
  int64_t byte_size() const;
  /// Dictionary-encoded, or plain where the texts are too many to be a dictionary.
  std::shared_ptr<arrow::Array> Gather(Positions order);

 private:
  std::vector<int32_t> ids_;  // -1: null.
  TextDictionary dictionary_;
};

/// Binary ids of `id_bytes` bytes that leave as lower-case hex text. One thread.
class IdColumn {
 public:
  explicit IdColumn(size_t id_bytes) : id_bytes_(id_bytes) {}
  /// `id`: exactly id_bytes bytes.
  void Set(int64_t row, std::string_view id);
  void Truncate(int64_t rows);
  int64_t byte_size() const { return static_cast<int64_t>(bytes_.capacity() + valid_.capacity()); }
  std::shared_ptr<arrow::Array> Gather(Positions order) const;

 private:
  const size_t id_bytes_;
  std::string bytes_;
  std::vector<uint8_t> valid_;
};

/// Where each row's children end in the child columns of a list or map. One thread.
class ListOffsets {
 public:
  /// Row `row` has the children from the previous row's end to `child_count`.
  void Set(int64_t row, int64_t child_count);
  /// Returns the number of children that are left.
  int64_t Truncate(int64_t rows);
  int64_t child_count() const { return ends_.empty() ? 0 : ends_.back(); }
  int64_t byte_size() const { return static_cast<int64_t>(ends_.capacity() * sizeof(int32_t)); }

  /// Arrow offsets of the rows in `order`, and the positions of their children, in that order.
  struct Gathered {
    std::shared_ptr<arrow::Buffer> offsets;
    std::vector<int32_t> children;
  };
  /// A position past the end has no children.
  Gathered Gather(Positions order) const;

 private:
  std::vector<int32_t> ends_;
};

/// Ids chosen by position, as the array of a column with `dictionary`; id -1 is null.
std::shared_ptr<arrow::Array> GatherText(std::span<const int32_t> ids, Positions order,
                                         TextDictionary& dictionary);

}  // namespace weir::columnar
