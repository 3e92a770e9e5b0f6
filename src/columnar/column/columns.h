// SPDX-License-Identifier: Apache-2.0
#pragma once
// The simple columns that rows are gathered in: they grow by setting row after row and leave as
// Arrow arrays.
//
// All share four rules. Set(row, …) is called with ascending rows; rows passed over are null;
// numbers and numbers of texts may be set again, and then replace what the last row had.
// Truncate(rows) forgets later rows. Gather(order) gives the values at those positions, in that
// order, as an Arrow array; a position past the end is null. WriteTo(target) gives the values at
// the target's slots to a file, leaf by leaf. A column that was never set costs nothing.

#include <arrow/type_fwd.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "base/result.h"
#include "columnar/column/short_text.h"
#include "columnar/column/text_dictionary.h"

namespace weir::columnar {

struct LeafTarget;
struct Slots;

/// Positions in a column, in the order wanted.
using Positions = std::span<const int32_t>;

/// One thread. `T`: int32_t, int64_t, double or bool (as uint8_t).
template <typename T>
class NumberColumn {
 public:
  void Set(int64_t row, T value) {
    if (row != size()) MoveTo(row);
    values_.push_back(value);
    if (!valid_.empty()) valid_.push_back(1);
  }
  bool IsSet(int64_t row) const { return row < size() && (valid_.empty() || valid_[row] != 0); }
  /// True where no row before `rows` is null.
  bool is_set_to(int64_t rows) const { return valid_.empty() && size() >= rows; }
  T at(int64_t row) const { return values_[row]; }
  void Truncate(int64_t rows) {
    if (rows < size()) values_.resize(rows);
    if (rows < static_cast<int64_t>(valid_.size())) valid_.resize(rows);
  }
  int64_t byte_size() const {
    return static_cast<int64_t>(values_.capacity() * sizeof(T) + valid_.capacity());
  }
  Status WriteTo(const LeafTarget& out) const;
  /// `type`: a type whose values are laid out as T's (bool for uint8_t).
  std::shared_ptr<arrow::Array> Gather(Positions order,
                                       const std::shared_ptr<arrow::DataType>& type) const;

 private:
  int64_t size() const { return static_cast<int64_t>(values_.size()); }
  /// Makes `row` the next: later rows are forgotten, rows passed over null.
  void MoveTo(int64_t row) {
    Truncate(row);
    if (row > size() && valid_.empty()) valid_.assign(values_.size(), 1);
    while (size() < row) values_.push_back(T{}), valid_.push_back(0);
  }

  std::vector<T> values_;
  std::vector<uint8_t> valid_;  // Empty where all are.
};

extern template class NumberColumn<int32_t>;
extern template class NumberColumn<int64_t>;
extern template class NumberColumn<double>;
extern template class NumberColumn<uint8_t>;

/// Numbers of texts in a dictionary that others may use too. One thread.
class TextIds {
 public:
  void Set(int64_t row, int32_t id) {
    if (row != static_cast<int64_t>(ids_.size())) MoveTo(row);
    ids_.push_back(id);
  }
  void Truncate(int64_t rows) {
    if (rows < static_cast<int64_t>(ids_.size())) ids_.resize(rows);
  }
  int64_t byte_size() const { return static_cast<int64_t>(ids_.capacity() * sizeof(int32_t)); }
  /// -1: null.
  std::span<const int32_t> ids() const { return ids_; }

 private:
  void MoveTo(int64_t row) {
    Truncate(row);
    // Gaps are short: a call to fill them costs more than they do.
    while (static_cast<int64_t>(ids_.size()) < row) ids_.push_back(-1);
  }

  std::vector<int32_t> ids_;
};

/// Texts that repeat. One thread.
class TextColumn {
 public:
  explicit TextColumn(TextUse use = TextUse::kOwn) : dictionary_(use) {}

  /// False, and nothing set, where `text` is not UTF-8.
  bool Set(int64_t row, std::string_view text) {
    // Neighbours are often alike.
    const bool is_last = last_ >= 0 && EqualTexts(dictionary_.at(last_), text);
    if (!is_last) last_ = dictionary_.InternGuessed(text, TextDictionary::Hash(text), guess_);
    if (last_ == TextDictionary::kNotText) return false;
    ids_.Set(row, last_);
    return true;
  }
  /// As Set, but an empty text is null: protobuf can't tell the two apart.
  bool SetUnlessEmpty(int64_t row, std::string_view text) { return text.empty() || Set(row, text); }
  void Truncate(int64_t rows) { ids_.Truncate(rows); }
  /// The text at `row`, empty where it is null.
  std::string_view at(int64_t row) const;
  /// The same by number, -1 where it is null.
  int32_t id_at(int64_t row) const {
    return row < static_cast<int64_t>(ids_.ids().size()) ? ids_.ids()[row] : -1;
  }
  const TextDictionary& texts() const { return dictionary_; }
  int64_t byte_size() const { return ids_.byte_size() + dictionary_.byte_size(); }
  /// Dictionary-encoded, or plain where the texts are too many to be a dictionary.
  std::shared_ptr<arrow::Array> Gather(Positions order) const;
  Status WriteTo(const LeafTarget& out) const;

 private:
  TextIds ids_;
  TextDictionary dictionary_;
  RepeatGuess guess_;
  int32_t last_ = -1;
};

/// Whether ids of a column are expected more than once in it: then a file may list them once.
enum class IdUse : uint8_t { kUnique, kRepeated };

/// Binary ids of 8 or 16 bytes that leave as lower-case hex text. One thread.
class IdColumn {
 public:
  explicit IdColumn(size_t id_bytes, IdUse use = IdUse::kUnique)
      : words_per_id_(id_bytes / sizeof(uint64_t)), use_(use) {
    CHECK(id_bytes == 8 || id_bytes == 16);
  }
  bool IsSet(int64_t row) const { return row < size() && (valid_.empty() || valid_[row] != 0); }
  /// The id_bytes bytes at `row`, which is set.
  const char* at(int64_t row) const {
    return reinterpret_cast<const char*>(words_.data() + row * words_per_id_);
  }
  /// `id`: exactly id_bytes bytes.
  void Set(int64_t row, std::string_view id) {
    CHECK(id.size() == id_bytes());
    if (row > size()) PadTo(row);
    words_.push_back(LoadWord<uint64_t>(id.data()));
    if (words_per_id_ == 2) words_.push_back(LoadWord<uint64_t>(id.data() + 8));
    if (!valid_.empty()) valid_.push_back(1);
  }
  void Truncate(int64_t rows);
  int64_t byte_size() const {
    return static_cast<int64_t>(words_.capacity() * sizeof(uint64_t) + valid_.capacity());
  }
  std::shared_ptr<arrow::Array> Gather(Positions order) const;
  Status WriteTo(const LeafTarget& out) const;

 private:
  size_t id_bytes() const { return words_per_id_ * sizeof(uint64_t); }
  int64_t size() const { return static_cast<int64_t>(words_.size() / words_per_id_); }
  void PadTo(int64_t row);
  template <size_t kWords>
  struct Id;
  template <typename AnId>
  void FillIds(const Slots& slots, bool all_set, int64_t begin, int64_t end,
               signal::LeafPage& page) const;

  const size_t words_per_id_;
  const IdUse use_;
  std::vector<uint64_t> words_;  // The bytes of the ids, in their order.
  std::vector<uint8_t> valid_;   // Empty where all are.
};

/// Where each row's children end in the child columns of a list or map. One thread.
class ListOffsets {
 public:
  /// Row `row` has the children from the previous row's end to `child_count`.
  void Set(int64_t row, int64_t child_count);
  /// Returns the number of children that are left.
  int64_t Truncate(int64_t rows);
  int64_t child_count() const { return ends_.empty() ? 0 : ends_.back(); }
  /// The children of a row are [begin, end); none past the end.
  int32_t begin(int64_t row) const {
    return row == 0 || row > static_cast<int64_t>(ends_.size()) ? 0 : ends_[row - 1];
  }
  int32_t end(int64_t row) const {
    return row < static_cast<int64_t>(ends_.size()) ? ends_[row] : begin(row);
  }
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
                                         const TextDictionary& dictionary);

}  // namespace weir::columnar
