// SPDX-License-Identifier: Apache-2.0
#include "columnar/number_list_column.h"

#include <arrow/array.h>
#include <arrow/array/util.h>
#include <arrow/buffer.h>
#include <arrow/type.h>

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

template class NumberListColumn<int64_t>;
template class NumberListColumn<double>;

}  // namespace weir::columnar
