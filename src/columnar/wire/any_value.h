// SPDX-License-Identifier: Apache-2.0
#pragma once
// An AnyValue message read one level deep.

#include <cstdint>
#include <string_view>

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

/// The value that counts: the last one on the wire. `tag` is 0 where there is none.
struct AnyValue {
  uint32_t tag = 0;
  uint64_t number = 0;
  double number_as_double = 0;
  std::string_view bytes;
};

/// False on malformed bytes.
inline bool ReadAnyValue(std::string_view wire, AnyValue& value) {
  value = {};
  WireReader reader(wire);
  while (reader.Next()) {
    switch (reader.tag()) {
      case kStringValue:
      case kBoolValue:
      case kIntValue:
      case kDoubleValue:
      case kArrayValue:
      case kKeyValueList:
      case kBytesValue:
        value = {reader.tag(), reader.number(), reader.number_as_double(), reader.bytes()};
        break;
      default: break;
    }
  }
  return reader.ok();
}

}  // namespace weir::columnar
