// SPDX-License-Identifier: Apache-2.0
#pragma once
// For tests: OTLP messages in wire form, field by field, nested ones as texts.

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "columnar/wire/any_value.h"
#include "columnar/wire/wire_writer.h"

namespace weir::columnar::wire {

inline std::string Bytes(uint32_t field, std::string_view bytes) {
  WireWriter writer(bytes.size());
  writer.Bytes(Tag(field, WireType::kBytes), bytes);
  return writer.Take();
}

inline std::string Varint(uint32_t field, uint64_t number) {
  WireWriter writer(16);
  writer.Varint(Tag(field, WireType::kVarint), number);
  return writer.Take();
}

inline std::string Fixed64(uint32_t field, uint64_t number) {
  WireWriter writer(16);
  writer.Fixed64(Tag(field, WireType::kFixed64), number);
  return writer.Take();
}

inline std::string Fixed32(uint32_t field, uint32_t number) {
  WireWriter writer(16);
  writer.Fixed32(Tag(field, WireType::kFixed32), number);
  return writer.Take();
}

inline std::string Double(uint32_t field, double number) {
  WireWriter writer(16);
  writer.Double(Tag(field, WireType::kFixed64), number);
  return writer.Take();
}

// AnyValue messages.
inline std::string Text(std::string_view text) { return Bytes(1, text); }
inline std::string Bool(bool is_true) { return Varint(2, is_true); }
inline std::string Int(int64_t number) { return Varint(3, static_cast<uint64_t>(number)); }
inline std::string Real(double number) { return Double(4, number); }
inline std::string Raw(std::string_view bytes) { return Bytes(7, bytes); }

inline std::string Array(std::initializer_list<std::string> values) {
  std::string list;
  for (const auto& value : values) list += Bytes(1, value);
  return Bytes(5, list);
}

inline std::string KeyValue(std::string_view key, std::string_view any_value) {
  return Bytes(1, key) + Bytes(2, any_value);
}

inline std::string Map(std::initializer_list<std::pair<std::string_view, std::string>> members) {
  std::string list;
  for (const auto& [key, value] : members) list += Bytes(1, KeyValue(key, value));
  return Bytes(6, list);
}

/// `depth` values in each other, an integer innermost.
inline std::string Nested(int depth) {
  std::string value = Int(1);
  for (int i = 1; i < depth; ++i) value = Array({value});
  return value;
}

/// The repeated field `field` of KeyValues.
inline std::string Attributes(
    uint32_t field, std::initializer_list<std::pair<std::string_view, std::string>> attributes) {
  std::string out;
  for (const auto& [key, value] : attributes) out += Bytes(field, KeyValue(key, value));
  return out;
}

/// An export request of one resource and one scope around `records`, a repeated field 2.
/// `resource`, `scope`: fields of those messages.
struct Envelope {
  std::string_view resource = {};
  std::string_view scope = {};
};

inline std::string Records(std::initializer_list<std::string> records) {
  std::string out;
  for (const auto& record : records) out += Bytes(2, record);
  return out;
}

inline std::string Request(std::initializer_list<std::string> records,
                           const Envelope& around = {}) {
  const std::string scope = Bytes(1, around.scope) + Records(records);
  return Bytes(1, Bytes(1, around.resource) + Bytes(2, scope));
}

inline constexpr std::string_view kTraceId = "0123456789abcdef";
inline constexpr std::string_view kSpanId = "ABCDEFGH";

/// A span of the least fields that can be kept, and `more`.
inline std::string Span(std::string_view more = {}) {
  return Bytes(1, kTraceId) + Bytes(2, kSpanId) + Fixed64(7, 1'700'000'000'000'000'000) +
         Fixed64(8, 1'700'000'000'000'000'005) + std::string(more);
}

}  // namespace weir::columnar::wire
