// SPDX-License-Identifier: Apache-2.0
#include "columnar/column/number_list_column.h"

#include <arrow/array.h>
#include <arrow/array/util.h>
#include <arrow/buffer.h>
#include <arrow/type.h>

#include <algorithm>

#include "columnar/column/leaves.h"
#include "columnar/column/slots.h"

namespace weir::columnar {

template <typename T>
std::shared_ptr<arrow::Array> NumberListColumn<T>::Gather(Positions order,
                                                          const arrow::Field& field) const {
  const int64_t length = static_cast<int64_t>(order.size());
  const auto present = present_.Gather(order, arrow::uint8());
  if (present->null_count() == length) {
    return arrow::MakeArrayOfNull(field.type(), length).ValueOrDie();
  }
  const ListOffsets::Gathered gathered = offsets_.Gather(order);
  std::vector<T> numbers(gathered.children.size());
  for (size_t i = 0; i < numbers.size(); ++i) numbers[i] = numbers_[gathered.children[i]];
  const auto& element = static_cast<const arrow::ListType&>(*field.type()).value_field();
  const int64_t count = static_cast<int64_t>(numbers.size());
  const auto values = arrow::MakeArray(arrow::ArrayData::Make(
      element->type(), count, {nullptr, arrow::Buffer::FromVector(std::move(numbers))}, 0));
  return std::make_shared<arrow::ListArray>(field.type(), length, gathered.offsets, values,
                                            present->null_bitmap(), present->null_count());
}

template <typename T>
Status NumberListColumn<T>::WriteTo(const LeafTarget& rows) const {
  // Rows are null, empty or have numbers: levels 0, 1 and 3; an element that is null, level 2, is
  // none of ours.
  constexpr uint8_t kEmpty = 1, kNumber = 3;
  constexpr bool is_long = std::is_same_v<T, int64_t>;
  if (present_.byte_size() == 0) return rows.sink.Add({});
  const Positions positions = rows.slots.positions;
  signal::Leaf leaf{.kind = is_long ? signal::LeafKind::kLong : signal::LeafKind::kDouble};
  leaf.fill = [&](int64_t begin, int64_t end, signal::LeafPage& page) {
    auto& values = ValuesOf(page, T{});
    size_t entries = 0;
    for (const int32_t row : positions.subspan(begin, end - begin)) {
      entries += static_cast<size_t>(std::max(1, offsets_.end(row) - offsets_.begin(row)));
    }
    page.definition.assign(entries, kNumber);
    page.repetition.assign(entries, 1);
    values.resize(entries);
    size_t entry = 0, value = 0;
    for (const int32_t row : positions.subspan(begin, end - begin)) {
      const int32_t from = offsets_.begin(row), to = offsets_.end(row);
      page.repetition[entry] = 0;
      if (from == to) {
        page.definition[entry++] = present_.IsSet(row) ? kEmpty : 0;
        continue;
      }
      std::copy(numbers_.begin() + from, numbers_.begin() + to, values.begin() + value);
      value += static_cast<size_t>(to - from);
      entry += static_cast<size_t>(to - from);
    }
    values.resize(value);
  };
  return rows.sink.Add(leaf);
}

template class NumberListColumn<int64_t>;
template class NumberListColumn<double>;

}  // namespace weir::columnar
