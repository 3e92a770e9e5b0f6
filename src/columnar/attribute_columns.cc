// SPDX-License-Identifier: Apache-2.0
#include "columnar/attribute_columns.h"

#include <arrow/array.h>
#include <arrow/type.h>

#include <cstring>
#include <numeric>

#include "columnar/wire/key_value.h"

namespace weir::columnar {
namespace {

constexpr int64_t kSmallInts = 1024;
constexpr size_t kUsualEntries = 32;

/// Mixes an entry's parts so that sums over entries tell sets of entries apart.
uint64_t MixEntry(uint64_t key_hash, uint64_t value_hash, char type) {
  uint64_t mixed = key_hash * 0x9e3779b97f4a7c15u ^ (value_hash + static_cast<uint64_t>(type));
  mixed ^= mixed >> 32;
  mixed *= 0xd6e8feb86659fd93u;
  return mixed ^ mixed >> 32;
}

}  // namespace

[[gnu::always_inline]] inline void AttributeColumns::Push(int32_t key_id, int32_t value_id,
                                                          const Key& key, char type,
                                                          uint64_t value_hash) {
  entries_.push_back({key_id, value_id});
  empty_values_ += value_id < 0;
  if (static_cast<size_t>(open_entries_) == open_types_.size()) {
    open_types_.resize(open_types_.size() * 2 + kUsualEntries);
  }
  open_types_[open_entries_++] = type;
  has_open_type_ |= type != 's';
  open_hash_ += MixEntry(key.hash, value_hash, type);
}

DecodeError AttributeColumns::Add(std::string_view wire, Listener* listener) {
  const int32_t key_id = FindRepeated(wire);
  if (key_id < 0) return AddRead(wire, listener);
  last_key_ = key_id;
  Key& key = known_keys_[key_id];
  Push(key_id, key.last_id, key, key.last.type, key.last_hash);
  if (listener != nullptr && key.heard != Key::Heard::kNo) {
    if (key.last_id >= 0) key.last.text = values_.at(key.last_id);
    Tell(*listener, key, {key_id, keys_.at(key_id), key.last_id, key.last});
  }
  return DecodeError::kNone;
}

int32_t AttributeColumns::FindRepeated(std::string_view wire) const {
  // Instrumentation sets the same keys in the same order again and again, many to the same value.
  const int32_t expected = expected_key();
  if (expected < 0) return -1;
  const Key& key = known_keys_[expected];
  const bool is_same =
      key.last_wire_size != 0 && EqualTexts({key.last_wire, key.last_wire_size}, wire);
  return is_same ? expected : -1;
}

DecodeError AttributeColumns::AddRead(std::string_view wire, Listener* listener) {
  KeyValue entry;
  if (!ReadKeyValue(wire, entry, joined_)) return DecodeError::kMalformed;
  AttributeValue value;
  const DecodeError error = ReadValue(entry.value, value);
  if (error != DecodeError::kNone) return error;

  int32_t key_id = -1;
  Key* key = FindKey(entry.key, key_id);
  if (key == nullptr) return DecodeError::kNotText;
  uint64_t hash = 0;
  const int32_t value_id = value.is_empty ? -1 : FindValue(value, *key, hash);
  if (value_id == TextDictionary::kNotText && !value.is_empty) return DecodeError::kNotText;

  Push(key_id, value_id, *key, value.type, hash);
  Remember(wire, value, value_id, hash, *key);
  if (listener != nullptr && key->heard != Key::Heard::kNo) {
    Tell(*listener, *key, {key_id, entry.key, value_id, value});
  }
  return DecodeError::kNone;
}

void AttributeColumns::Remember(std::string_view wire, const AttributeValue& value, int32_t id,
                                uint64_t hash, Key& key) {
  key.last_wire_size = 0;
  if (key.guess.is_mostly_new() || wire.size() > Key::kWireMax) return;
  key.last_wire_size = static_cast<uint8_t>(wire.size());
  std::memcpy(key.last_wire, wire.data(), wire.size());
  key.last = value;
  key.last_id = id;
  key.last_hash = hash;
}

void AttributeColumns::Tell(Listener& listener, Key& key, const Entry& entry) {
  if (key.heard == Key::Heard::kNotAsked) {
    key.heard = listener.Hears(entry.key) ? Key::Heard::kYes : Key::Heard::kNo;
  }
  if (key.heard == Key::Heard::kYes) listener.OnAttribute(entry);
}

AttributeColumns::Key* AttributeColumns::FindKey(std::string_view text, int32_t& key_id) {
  const int32_t expected = expected_key();
  if (expected >= 0 && EqualTexts(keys_.at(expected), text)) {
    key_id = last_key_ = expected;
    return &known_keys_[expected];
  }
  uint64_t hash = 0;
  key_id = keys_.Intern(text, &hash);
  if (key_id == TextDictionary::kNotText) return nullptr;
  if (key_id >= TextDictionary::kDistinctMax) {
    other_key_ = Key{.hash = hash};
    last_key_ = -1;
    return &other_key_;
  }
  if (key_id >= static_cast<int32_t>(known_keys_.size())) known_keys_.resize(key_id + 1);
  known_keys_[key_id].hash = hash;
  if (last_key_ >= 0) known_keys_[last_key_].next_key = key_id;
  last_key_ = key_id;
  return &known_keys_[key_id];
}

DecodeError AttributeColumns::ReadValue(std::string_view wire, AttributeValue& value) {
  AnyValue any;
  if (ReadSingleValue(wire, any) && any.tag != kBoolValue) {
    if (any.tag == kStringValue) {
      value.text = any.bytes;
    } else {
      value.type = 'i';  // Its text comes when it is looked up.
      value.int_value = static_cast<int64_t>(any.number);
    }
    return DecodeError::kNone;
  }
  return DecodeAttributeValue(wire, limits_.nesting_depth, scratch_, value);
}

int32_t AttributeColumns::FindValue(AttributeValue& value, Key& key, uint64_t& hash) {
  if (value.type != 'i') return FindText(value.text, key, hash);
  if (value.int_value < 0 || value.int_value >= kSmallInts) {
    value.text = IntText(value.int_value, scratch_);
    return FindText(value.text, key, hash);
  }
  if (small_ints_.empty()) small_ints_.resize(kSmallInts);
  SmallInt& known = small_ints_[value.int_value];
  if (known.value_id < 0) {
    known.value_id = values_.Intern(IntText(value.int_value, scratch_), &known.hash);
  }
  value.text = values_.at(known.value_id);
  hash = known.hash;
  return known.value_id;
}

int32_t AttributeColumns::FindText(std::string_view text, Key& key, uint64_t& hash) {
  hash = TextDictionary::Hash(text);
  return values_.InternGuessed(text, hash, key.guess);
}

void AttributeColumns::CloseRow(int64_t row) {
  offsets_.Set(row, static_cast<int64_t>(entries_.size()));
  if (has_open_type_) {
    const bool is_ascii = types_.Set(row, {open_types_.data(), static_cast<size_t>(open_entries_)});
    (void)is_ascii;  // Type letters always are.
  }
  ForgetOpen();
}

void AttributeColumns::ForgetOpen() {
  has_open_type_ = false;
  open_entries_ = 0;
  open_hash_ = 0;
}

void AttributeColumns::Truncate(int64_t rows) {
  entries_.resize(offsets_.Truncate(rows));
  types_.Truncate(rows);
  ForgetOpen();
}

int64_t AttributeColumns::byte_size() const {
  return offsets_.byte_size() + static_cast<int64_t>(entries_.capacity() * sizeof(Numbers)) +
         keys_.byte_size() + values_.byte_size() + types_.byte_size() +
         static_cast<int64_t>(known_keys_.capacity() * sizeof(Key) +
                              small_ints_.capacity() * sizeof(SmallInt));
}

std::shared_ptr<arrow::Array> AttributeColumns::GatherMap(Positions order,
                                                          const arrow::MapType& type) const {
  const ListOffsets::Gathered gathered = offsets_.Gather(order);
  std::vector<int32_t> key_ids, value_ids;
  for (const int32_t entry : gathered.children) {
    key_ids.push_back(entries_[entry].key);
    value_ids.push_back(entries_[entry].value);
  }
  std::vector<int32_t> in_order(key_ids.size());
  std::iota(in_order.begin(), in_order.end(), 0);
  const auto keys = GatherText(key_ids, in_order, keys_);
  const auto values = GatherText(value_ids, in_order, values_);
  const auto map_type = std::make_shared<arrow::MapType>(
      type.key_field()->WithType(keys->type()), type.item_field()->WithType(values->type()));
  return std::make_shared<arrow::MapArray>(map_type, static_cast<int64_t>(order.size()),
                                           gathered.offsets, keys, values);
}

}  // namespace weir::columnar
