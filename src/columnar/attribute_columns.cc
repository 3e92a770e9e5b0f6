// SPDX-License-Identifier: Apache-2.0
#include "columnar/attribute_columns.h"

#include <arrow/array.h>
#include <arrow/type.h>

#include "columnar/wire_reader.h"

namespace weir::columnar {
namespace {

using enum WireType;

/// Mixes an entry's parts so that sums over entries tell sets of entries apart.
uint64_t MixEntry(uint64_t key_hash, uint64_t value_hash, char type) {
  uint64_t mixed = key_hash * 0x9e3779b97f4a7c15u ^ (value_hash + static_cast<uint64_t>(type));
  mixed ^= mixed >> 32;
  mixed *= 0xd6e8feb86659fd93u;
  return mixed ^ mixed >> 32;
}

}  // namespace

DecodeError AttributeColumns::Add(std::string_view wire, Listener* listener) {
  std::string_view key, value_wire;
  WireReader reader(wire);
  while (reader.Next()) {
    if (reader.tag() == Tag(1, kBytes)) key = reader.bytes();
    if (reader.tag() == Tag(2, kBytes)) value_wire = reader.bytes();
  }
  if (!reader.ok()) return DecodeError::kMalformed;

  AttributeValue value;
  const DecodeError error =
      DecodeAttributeValue(value_wire, limits_.nesting_depth, scratch_, value);
  if (error != DecodeError::kNone) return error;

  uint64_t key_hash = 0;
  uint64_t value_hash = 0;
  const int32_t key_id = keys_.Intern(key, &key_hash);
  const int32_t value_id = value.is_empty ? -1 : values_.Intern(value.text, &value_hash);
  const bool is_text = key_id != TextDictionary::kNotText &&
                       (value.is_empty || value_id != TextDictionary::kNotText);
  if (!is_text) return DecodeError::kNotText;

  key_ids_.push_back(key_id);
  value_ids_.push_back(value_id);
  open_types_ += value.type;
  open_all_text_ &= value.type == 's';
  ++open_entries_;
  open_hash_ += MixEntry(key_hash, value_hash, value.type);
  if (listener != nullptr) listener->OnAttribute(key_id, key, value);
  return DecodeError::kNone;
}

void AttributeColumns::CloseRow(int64_t row) {
  offsets_.Set(row, static_cast<int64_t>(key_ids_.size()));
  if (!open_all_text_) {
    const bool is_ascii = types_.Set(row, open_types_);
    (void)is_ascii;  // Type letters always are.
  }
  open_types_.clear();
  open_all_text_ = true;
  open_entries_ = 0;
  open_hash_ = 0;
}

void AttributeColumns::Truncate(int64_t rows) {
  const int64_t entries = offsets_.Truncate(rows);
  key_ids_.resize(entries);
  value_ids_.resize(entries);
  types_.Truncate(rows);
  open_types_.clear();
  open_all_text_ = true;
  open_entries_ = 0;
  open_hash_ = 0;
}

int64_t AttributeColumns::byte_size() const {
  return offsets_.byte_size() + static_cast<int64_t>(key_ids_.capacity() * 2 * sizeof(int32_t)) +
         keys_.byte_size() + values_.byte_size() + types_.byte_size();
}

std::shared_ptr<arrow::Array> AttributeColumns::GatherMap(Positions order,
                                                          const arrow::MapType& type) {
  const ListOffsets::Gathered gathered = offsets_.Gather(order);
  const auto keys = GatherText(key_ids_, gathered.children, keys_);
  const auto values = GatherText(value_ids_, gathered.children, values_);
  const auto map_type = std::make_shared<arrow::MapType>(
      type.key_field()->WithType(keys->type()), type.item_field()->WithType(values->type()));
  return std::make_shared<arrow::MapArray>(map_type, static_cast<int64_t>(order.size()),
                                           gathered.offsets, keys, values);
}

}  // namespace weir::columnar
