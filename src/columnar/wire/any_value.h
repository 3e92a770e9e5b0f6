// SPDX-License-Identifier: Apache-2.0
#pragma once
// An AnyValue message read one level deep.

#include <cstdint>
#include <string>
#include <string_view>

#include "columnar/wire/pieces.h"
#include "columnar/wire/wire_reader.h"

namespace weir::columnar {

/// The tags of AnyValue's cases.
inline constexpr uint32_t kStringValue = Tag(1, WireType::kBytes);
inline constexpr uint32_t kBoolValue = Tag(2, WireType::kVarint);
inline constexpr uint32_t kIntValue = Tag(3, WireType::kVarint);
inline constexpr uint32_t kDoubleValue = Tag(4, WireType::kFixed64);
inline constexpr uint32_t kArrayValue = Tag(5, WireType::kBytes);
inline constexpr uint32_t kKeyValueList = Tag(6, WireType::kBytes);
inline constexpr uint32_t kBytesValue = Tag(7, WireType::kBytes);

/// The value that counts: the last one on the wire. `tag` is 0 where there is none. Not to be
/// copied: `bytes` may point at `joined`.
struct AnyValue {
  uint32_t tag = 0;
  uint64_t number = 0;
  double number_as_double = 0;
  std::string_view bytes;
  std::string joined;  // Of an array or a map in pieces.
};

/// False on malformed bytes.
inline bool ReadAnyValue(std::string_view wire, AnyValue& value) {
  value.tag = 0;
  WireReader reader(wire);
  while (reader.Next()) {
    switch (reader.tag()) {
      case kArrayValue:
      case kKeyValueList:
        if (value.tag == reader.tag()) {
          AppendPiece(reader.bytes(), value.bytes, value.joined);
          break;
        }
        [[fallthrough]];
      case kStringValue:
      case kBoolValue:
      case kIntValue:
      case kDoubleValue:
      case kBytesValue:
        value.tag = reader.tag();
        value.number = reader.number();
        value.number_as_double = reader.number_as_double();
        value.bytes = reader.bytes();
        value.joined.clear();
        break;
      default: break;
    }
  }
  return reader.ok();
}

}  // namespace weir::columnar
