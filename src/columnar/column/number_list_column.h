// SPDX-License-Identifier: Apache-2.0
#pragma once
// ARRAY<BIGINT> and ARRAY<DOUBLE> columns, filled from packed or plain repeated fields.

#include <arrow/type_fwd.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "columnar/column/columns.h"

namespace weir::columnar {

/// One thread. Numbers are appended, then the row is closed; rows never closed are null.
template <typename T>
class NumberListColumn {
 public:
  void Append(T number) { numbers_.push_back(number); }
  /// Appends packed little-endian 8-byte numbers; false where the length does not fit.
  bool AppendFixed64(std::string_view packed) {
    if (packed.size() % sizeof(T) != 0) return false;
    const size_t before = numbers_.size();
    numbers_.resize(before + packed.size() / sizeof(T));
    if (!packed.empty()) std::memcpy(numbers_.data() + before, packed.data(), packed.size());
    return true;
  }
  /// The numbers appended since the last close.
  std::span<const T> open() const {
    return std::span(numbers_).subspan(static_cast<size_t>(offsets_.child_count()));
  }
  void CloseRow(int64_t row) {
    offsets_.Set(row, static_cast<int64_t>(numbers_.size()));
    present_.Set(row, 1);
  }
  /// Forgets rows from `rows` on, and numbers not closed yet.
  void Truncate(int64_t rows) {
    numbers_.resize(static_cast<size_t>(offsets_.Truncate(rows)));
    present_.Truncate(rows);
  }
  int64_t byte_size() const {
    return static_cast<int64_t>(numbers_.capacity() * sizeof(T)) + offsets_.byte_size() +
           present_.byte_size();
  }
  /// `field`: the list field, for names and ids.
  std::shared_ptr<arrow::Array> Gather(Positions order, const arrow::Field& field) const;
  Status WriteTo(const LeafTarget& rows) const;

 private:
  ListOffsets offsets_;
  NumberColumn<uint8_t> present_;
  std::vector<T> numbers_;
};

extern template class NumberListColumn<int64_t>;
extern template class NumberListColumn<double>;

}  // namespace weir::columnar
