// SPDX-License-Identifier: Apache-2.0
#pragma once
// OTLP's messages as data: which JSON member is which protobuf field.

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "columnar/wire_reader.h"
#include "signal/signal.h"

namespace weir::columnar::otlp_json {

/// How a field is spelled in JSON and written on the wire.
enum class Kind : uint8_t {
  kMessage,
  kString,
  kHexBytes,  // Trace and span ids: OTLP's own exception from base64.
  kBytes,
  kBool,
  kEnum,
  kInt64,
  kUint32,
  kUint64,
  kSint32,
  kFixed32,
  kFixed64,
  kSfixed64,
  kDouble,
};

constexpr WireType WireTypeOf(Kind kind) {
  switch (kind) {
    case Kind::kMessage:
    case Kind::kString:
    case Kind::kHexBytes:
    case Kind::kBytes: return WireType::kBytes;
    case Kind::kFixed32: return WireType::kFixed32;
    case Kind::kFixed64:
    case Kind::kSfixed64:
    case Kind::kDouble: return WireType::kFixed64;
    default: return WireType::kVarint;
  }
}

struct Message;
enum class Count : bool { kOne, kMany };

/// One field of a message. Repeated numbers are packed.
struct Field {
  constexpr Field(std::string_view json_name, uint32_t number, Kind field_kind,
                  Count count = Count::kOne)
      : name(json_name),
        kind(field_kind),
        repeated(count == Count::kMany),
        tag(Tag(number, repeated ? WireType::kBytes : WireTypeOf(field_kind))) {}
  constexpr Field(std::string_view json_name, uint32_t number, const Message& nested,
                  Count count = Count::kOne)
      : Field(json_name, number, Kind::kMessage, count) {
    message = &nested;
  }
  constexpr Field(std::string_view json_name, uint32_t number,
                  std::span<const std::string_view> names)
      : Field(json_name, number, Kind::kEnum) {
    enum_names = names;
  }

  std::string_view name;  // lowerCamelCase.
  Kind kind;
  bool repeated;
  uint32_t tag;
  const Message* message = nullptr;              // Of kMessage.
  std::span<const std::string_view> enum_names;  // Of kEnum, by number.
};

/// What a message is to the rewriter.
enum class Role : uint8_t { kPart, kRecord, kAnyValue };

/// A message's fields, found by name through a small table that is filled at compile time.
struct Message {
  constexpr Message(std::span<const Field> message_fields, Role message_role = Role::kPart)
      : fields(message_fields), role(message_role) {
    for (size_t i = 0; i < fields.size(); ++i) {
      size_t slot = Slot(fields[i].name);
      while (slots[slot] != 0) slot = (slot + 1) % kSlots;
      slots[slot] = static_cast<uint8_t>(i + 1);
    }
  }

  /// Null where there is no such field.
  const Field* Find(std::string_view name) const {
    if (name.empty()) return nullptr;
    for (size_t slot = Slot(name); slots[slot] != 0; slot = (slot + 1) % kSlots) {
      const Field& field = fields[slots[slot] - 1u];
      if (field.name == name) return &field;
    }
    return nullptr;
  }

  // The largest message has 16 fields, so there is always a free slot to stop a search.
  static constexpr size_t kSlots = 64;
  static constexpr size_t Slot(std::string_view name) {
    const auto first = static_cast<unsigned char>(name.front());
    const auto last = static_cast<unsigned char>(name.back());
    return (name.size() * 5 + first * 3u + last) % kSlots;
  }

  std::span<const Field> fields;
  Role role;
  std::array<uint8_t, kSlots> slots{};  // Index into fields plus one.
};

/// The Export…ServiceRequest of a signal.
const Message& RequestOf(signal::Signal signal);

}  // namespace weir::columnar::otlp_json
