// SPDX-License-Identifier: Apache-2.0
#pragma once
// OTLP's messages as data: which JSON member is which protobuf field.

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "columnar/otlp_json/words.h"
#include "columnar/wire/wire_reader.h"
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

/// A name of up to 24 bytes as words that overlap, so that comparing it takes no loop.
struct NameWords {
  consteval explicit NameWords(std::string_view name)
      : size(name.size()),
        mask(name.size() < 8 ? (uint64_t{1} << (8 * name.size())) - 1 : ~uint64_t{0}),
        first(WordOf(name)),
        second(name.size() > 16 ? WordOf(name.substr(8)) : 0),
        last(name.size() > 8 ? WordOf(name.substr(name.size() - 8)) : 0) {}

  /// Reads eight bytes from the text's start on, even where it is shorter.
  bool Match(std::string_view text) const {
    const char* const at = text.data();
    if (text.size() != size || (LoadWord(at) & mask) != first) return false;
    if (size <= 8) return true;
    return LoadWord(at + size - 8) == last && (size <= 16 || LoadWord(at + 8) == second);
  }

  size_t size;
  uint64_t mask;
  uint64_t first;
  uint64_t second;
  uint64_t last;
};

struct Message;
enum class Count : bool { kOne, kMany };

/// One field of a message. Repeated numbers are packed.
struct Field {
  consteval Field(std::string_view json_name, uint32_t number, Kind field_kind,
                  Count count = Count::kOne)
      : name(json_name),
        words(json_name),
        kind(field_kind),
        repeated(count == Count::kMany),
        tag(Tag(number, repeated ? WireType::kBytes : WireTypeOf(field_kind))) {}
  consteval Field(std::string_view json_name, uint32_t number, const Message& nested,
                  Count count = Count::kOne)
      : Field(json_name, number, Kind::kMessage, count) {
    message = &nested;
  }
  consteval Field(std::string_view json_name, uint32_t number,
                  std::span<const std::string_view> names)
      : Field(json_name, number, Kind::kEnum) {
    enum_names = names;
  }

  std::string_view name;  // lowerCamelCase.
  NameWords words;        // The same.
  Kind kind;
  bool repeated;
  uint32_t tag;
  const Message* message = nullptr;              // Of kMessage.
  std::span<const std::string_view> enum_names;  // Of kEnum, by number.
};

/// What a message is to the rewriter.
enum class Role : uint8_t { kPart, kRecord, kAnyValue, kKeyValue };

/// Not a constant expression: a message that gets here does not compile. Change Message::Slot then.
void TwoNamesShareASlot();

/// A message's fields, found by name through a table without collisions, filled at compile time.
struct Message {
  constexpr Message(std::span<const Field> message_fields, Role message_role = Role::kPart)
      : fields(message_fields), role(message_role) {
    for (size_t i = 0; i < fields.size(); ++i) {
      uint8_t& slot = slots[Slot(fields[i].name)];
      if (slot != 0 || fields[i].name.size() > 24) TwoNamesShareASlot();
      slot = static_cast<uint8_t>(i + 1);
    }
  }

  /// Null where there is no such field.
  const Field* Find(std::string_view name) const {
    const Field* const field = InSlotOf(name);
    return field != nullptr && field->name == name ? field : nullptr;
  }
  /// The same, for a name from whose start on eight bytes can be read.
  const Field* FindFast(std::string_view name) const {
    const Field* const field = InSlotOf(name);
    return field != nullptr && field->words.Match(name) ? field : nullptr;
  }

  static constexpr size_t Slot(std::string_view name) {
    const auto first = static_cast<unsigned char>(name.front());
    const auto last = static_cast<unsigned char>(name.back());
    return (name.size() + first * 3u + last * 2u) % kSlots;
  }
  const Field* InSlotOf(std::string_view name) const {
    const size_t at = name.empty() ? 0 : slots[Slot(name)];
    return at == 0 ? nullptr : &fields[at - 1];
  }

  static constexpr size_t kSlots = 64;

  std::span<const Field> fields;
  Role role;
  std::array<uint8_t, kSlots> slots{};  // Index into fields plus one.
};

/// The Export…ServiceRequest of a signal.
const Message& RequestOf(signal::Signal signal);

}  // namespace weir::columnar::otlp_json
