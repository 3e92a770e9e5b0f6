// SPDX-License-Identifier: Apache-2.0
#pragma once
// KeyValue messages: the ten of every span are most of what there is to decode.
//
// Every exporter writes key and value once, in this order, with lengths that take a byte or two,
// and the value as a single field. What looks so is read without the general loop; all else goes
// through it.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "columnar/wire/any_value.h"
#include "columnar/wire/pieces.h"
#include "columnar/wire/wire_reader.h"

namespace weir::columnar {

struct KeyValue {
  std::string_view key;
  std::string_view value;  // The AnyValue message.
};

/// Any KeyValue message; a value in pieces is put together in `joined`. False on malformed bytes.
inline bool ReadAnyKeyValue(std::string_view wire, KeyValue& entry, std::string& joined) {
  WireReader reader(wire);
  std::optional<std::string_view> value;
  joined.clear();
  while (reader.Next()) {
    if (reader.tag() == Tag(1, WireType::kBytes)) entry.key = reader.bytes();
    if (reader.tag() == Tag(2, WireType::kBytes)) Merge(value, reader.bytes(), joined);
  }
  if (value) entry.value = *value;
  return reader.ok();
}

/// The same, by its usual form.
inline bool ReadKeyValue(std::string_view wire, KeyValue& entry, std::string& joined) {
  const auto byte = [&](size_t at) { return static_cast<unsigned char>(wire[at]); };
  const size_t size = wire.size();
  if (size >= 4 && byte(0) == Tag(1, WireType::kBytes) && byte(1) < 0x80) {
    const size_t value_at = size_t{2} + byte(1);
    if (value_at + 2 <= size && byte(value_at) == Tag(2, WireType::kBytes)) {
      size_t begin = value_at + 2;
      size_t length = byte(value_at + 1);
      if (length >= 0x80 && begin < size && byte(begin) < 0x80) {
        length = (length & 0x7f) | size_t{byte(begin++)} << 7;
      }
      if (begin + length == size && (begin == value_at + 3 || length < 0x80)) {
        entry = {wire.substr(2, byte(1)), wire.substr(begin)};
        return true;
      }
    }
  }
  return ReadAnyKeyValue(wire, entry, joined);
}

/// As ReadAnyValue, where `wire` is one field and nothing else; false where it is more, or not
/// sound.
inline bool ReadSingleValue(std::string_view wire, AnyValue& value) {
  if (wire.size() < 2) return false;
  const auto tag = static_cast<unsigned char>(wire[0]);
  const char* at = wire.data() + 1;
  const char* const end = wire.data() + wire.size();
  uint64_t number = 0;
  if (tag == kDoubleValue || tag > kBytesValue || !ReadVarint(at, end, number)) return false;
  if (tag == kBoolValue || tag == kIntValue) {
    value.tag = tag;
    value.number = number;
    return at == end;
  }
  if (tag != kStringValue || number != static_cast<uint64_t>(end - at)) return false;
  value.tag = tag;
  value.bytes = {at, static_cast<size_t>(number)};
  return true;
}

}  // namespace weir::columnar
