// SPDX-License-Identifier: Apache-2.0
#include "columnar/column/columns.h"

#include <arrow/array.h>
#include <arrow/array/util.h>
#include <arrow/buffer.h>
#include <arrow/type.h>
#include <arrow/util/bit_util.h>

#include <cstring>

#include "base/check.h"
#include "base/ids.h"

namespace weir::columnar {
namespace {

std::shared_ptr<arrow::Buffer> NewBuffer(int64_t bytes) {
  return arrow::AllocateBuffer(bytes).ValueOrDie();  // Fails only when memory is out.
}

/// A validity bitmap of `length` bits where `is_valid(i)`; none at all where all are.
template <typename IsValid>
std::pair<std::shared_ptr<arrow::Buffer>, int64_t> Validity(int64_t length, IsValid is_valid) {
  int64_t null_count = 0;
  std::shared_ptr<arrow::Buffer> bits = NewBuffer(arrow::bit_util::BytesForBits(length));
  uint8_t* out = bits->mutable_data();
  std::memset(out, 0, static_cast<size_t>(bits->size()));
  for (int64_t i = 0; i < length; ++i) {
    const bool valid = is_valid(i);
    null_count += !valid;
    out[i >> 3] = static_cast<uint8_t>(out[i >> 3] | valid << (i & 7));
  }
  if (null_count == 0) return {nullptr, 0};
  return {bits, null_count};
}

std::shared_ptr<arrow::Array> Nulls(const std::shared_ptr<arrow::DataType>& type, size_t length) {
  return arrow::MakeArrayOfNull(type, static_cast<int64_t>(length)).ValueOrDie();
}

std::shared_ptr<arrow::Array> DenseText(std::span<const int32_t> ids, Positions order,
                                        const arrow::StringArray& texts) {
  const auto id_at = [&](int32_t position) {
    return position < static_cast<int32_t>(ids.size()) ? ids[position] : -1;
  };
  const int64_t length = static_cast<int64_t>(order.size());
  std::shared_ptr<arrow::Buffer> offsets = NewBuffer((length + 1) * 4);
  auto* ends = reinterpret_cast<int32_t*>(offsets->mutable_data());
  ends[0] = 0;
  for (int64_t i = 0; i < length; ++i) {
    const int32_t id = id_at(order[i]);
    ends[i + 1] = ends[i] + (id < 0 ? 0 : texts.value_length(id));
  }
  std::shared_ptr<arrow::Buffer> bytes = NewBuffer(ends[length]);
  for (int64_t i = 0; i < length; ++i) {
    const int32_t id = id_at(order[i]);
    if (id < 0) continue;
    const std::string_view text = texts.GetView(id);
    std::memcpy(bytes->mutable_data() + ends[i], text.data(), text.size());
  }
  auto [validity, null_count] = Validity(length, [&](int64_t i) { return id_at(order[i]) >= 0; });
  return std::make_shared<arrow::StringArray>(length, offsets, bytes, validity, null_count);
}

}  // namespace

template <typename T>
std::shared_ptr<arrow::Array> NumberColumn<T>::Gather(
    Positions order, const std::shared_ptr<arrow::DataType>& type) const {
  if (values_.empty()) return Nulls(type, order.size());
  const int64_t length = static_cast<int64_t>(order.size());
  const auto has = [&](int64_t i) { return IsSet(order[i]); };
  auto [validity, null_count] = Validity(length, has);
  if (type->id() == arrow::Type::BOOL) {
    std::shared_ptr<arrow::Buffer> bits = NewBuffer(arrow::bit_util::BytesForBits(length));
    std::memset(bits->mutable_data(), 0, static_cast<size_t>(bits->size()));
    for (int64_t i = 0; i < length; ++i) {
      arrow::bit_util::SetBitTo(bits->mutable_data(), i, has(i) && values_[order[i]] != 0);
    }
    return arrow::MakeArray(arrow::ArrayData::Make(type, length, {validity, bits}, null_count));
  }
  std::shared_ptr<arrow::Buffer> values = NewBuffer(length * static_cast<int64_t>(sizeof(T)));
  T* out = reinterpret_cast<T*>(values->mutable_data());
  for (int64_t i = 0; i < length; ++i) out[i] = order[i] < size() ? values_[order[i]] : T{};
  return arrow::MakeArray(arrow::ArrayData::Make(type, length, {validity, values}, null_count));
}

template class NumberColumn<int32_t>;
template class NumberColumn<int64_t>;
template class NumberColumn<double>;
template class NumberColumn<uint8_t>;

std::string_view TextColumn::at(int64_t row) const {
  const bool is_null = row >= static_cast<int64_t>(ids_.ids().size()) || ids_.ids()[row] < 0;
  return is_null ? std::string_view() : dictionary_.at(ids_.ids()[row]);
}

std::shared_ptr<arrow::Array> TextColumn::Gather(Positions order) const {
  return GatherText(ids_.ids(), order, dictionary_);
}

std::shared_ptr<arrow::Array> GatherText(std::span<const int32_t> ids, Positions order,
                                         const TextDictionary& dictionary) {
  if (ids.empty()) return Nulls(arrow::dictionary(arrow::int32(), arrow::utf8()), order.size());
  const std::shared_ptr<arrow::StringArray> texts = dictionary.ToArrow();
  if (texts->length() > TextDictionary::kDistinctMax && dictionary.fits_dense()) {
    return DenseText(ids, order, *texts);
  }
  const int64_t length = static_cast<int64_t>(order.size());
  std::shared_ptr<arrow::Buffer> indices = NewBuffer(length * 4);
  auto* out = reinterpret_cast<int32_t*>(indices->mutable_data());
  const int32_t known = static_cast<int32_t>(ids.size());
  int32_t any_null = 0;
  for (int64_t i = 0; i < length; ++i) {
    const int32_t id = order[i] < known ? ids[order[i]] : -1;
    any_null |= id;
    out[i] = id < 0 ? 0 : id;
  }
  std::shared_ptr<arrow::Buffer> validity;
  int64_t null_count = 0;
  if (any_null < 0) {
    std::tie(validity, null_count) =
        Validity(length, [&](int64_t i) { return order[i] < known && ids[order[i]] >= 0; });
  }
  auto data = arrow::ArrayData::Make(arrow::dictionary(arrow::int32(), arrow::utf8()), length,
                                     {validity, indices}, null_count);
  data->dictionary = texts->data();
  return arrow::MakeArray(data);
}

void IdColumn::PadTo(int64_t row) {
  if (valid_.empty()) valid_.assign(size(), 1);
  valid_.resize(row);
  words_.resize(row * words_per_id_);
}

void IdColumn::Truncate(int64_t rows) {
  if (rows < static_cast<int64_t>(valid_.size())) valid_.resize(rows);
  if (rows < size()) words_.resize(rows * words_per_id_);
}

std::shared_ptr<arrow::Array> IdColumn::Gather(Positions order) const {
  if (words_.empty()) return Nulls(arrow::utf8(), order.size());
  const int64_t length = static_cast<int64_t>(order.size());
  const auto has = [&](int64_t i) { return IsSet(order[i]); };
  auto [validity, null_count] = Validity(length, has);
  const int32_t text_bytes = static_cast<int32_t>(2 * id_bytes());
  std::shared_ptr<arrow::Buffer> offsets = NewBuffer((length + 1) * 4);
  std::shared_ptr<arrow::Buffer> bytes = NewBuffer((length - null_count) * text_bytes);
  auto* ends = reinterpret_cast<int32_t*>(offsets->mutable_data());
  char* out = reinterpret_cast<char*>(bytes->mutable_data());
  ends[0] = 0;
  for (int64_t i = 0; i < length; ++i) {
    ends[i + 1] = ends[i];
    if (!has(i)) continue;
    HexEncode({at(order[i]), id_bytes()}, out + ends[i]);
    ends[i + 1] += text_bytes;
  }
  return std::make_shared<arrow::StringArray>(length, offsets, bytes, validity, null_count);
}

void ListOffsets::Set(int64_t row, int64_t child_count) {
  if (row > static_cast<int64_t>(ends_.size())) {
    ends_.resize(row, ends_.empty() ? 0 : ends_.back());
  }
  ends_.push_back(static_cast<int32_t>(child_count));
}

int64_t ListOffsets::Truncate(int64_t rows) {
  if (rows < static_cast<int64_t>(ends_.size())) ends_.resize(rows);
  return child_count();
}

ListOffsets::Gathered ListOffsets::Gather(Positions order) const {
  const auto begin_of = [&](int32_t row) { return row == 0 ? 0 : ends_[row - 1]; };
  const int64_t length = static_cast<int64_t>(order.size());
  const int32_t known = static_cast<int32_t>(ends_.size());
  Gathered gathered{NewBuffer((length + 1) * 4), {}};
  auto* offsets = reinterpret_cast<int32_t*>(gathered.offsets->mutable_data());
  offsets[0] = 0;
  for (int64_t i = 0; i < length; ++i) {
    const int32_t row = order[i];
    offsets[i + 1] = offsets[i] + (row < known ? ends_[row] - begin_of(row) : 0);
  }
  gathered.children.resize(offsets[length]);
  for (int64_t i = 0; i < length; ++i) {
    if (order[i] >= known) continue;
    int32_t child = begin_of(order[i]);
    for (int32_t at = offsets[i]; at < offsets[i + 1]; ++at) gathered.children[at] = child++;
  }
  return gathered;
}

}  // namespace weir::columnar
