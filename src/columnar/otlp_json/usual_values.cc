// SPDX-License-Identifier: Apache-2.0
#include "columnar/otlp_json/usual_values.h"

#include <bit>
#include <cstring>
#include <string_view>

#include "columnar/otlp_json/scalars.h"
#include "columnar/otlp_json/words.h"

namespace weir::columnar::otlp_json {
namespace {

// What {"value":{"stringValue":"…"}} has around the text is more than all tags and lengths that are
// written for it, so the JSON's size and what copying overruns is room enough.
constexpr size_t kRoomBeyondJson = 2 * kCopyOverrun;

constexpr char kKeyTag = 0x0a;
constexpr char kValueTag = 0x12;
constexpr char kStringTag = 0x0a;
constexpr char kBoolTag = 0x10;
constexpr char kIntTag = 0x18;
constexpr char kDoubleTag = 0x21;

// Tokens of an AnyValue: { name : value }
constexpr size_t kValueTokens = 5;
// Tokens of an attribute with the comma or bracket behind it: { "key" : key , "value" : {…} } ,
constexpr size_t kAttributeTokens = 14;

/// A nested message's length as WireWriter::Close spells it.
char* PutMessageLength(size_t length, char* out) {
  if (length < 0x80) [[likely]] {
    *out = static_cast<char>(length);
    return out + 1;
  }
  for (size_t i = 0; i < 4; ++i) *out++ = static_cast<char>((length >> (7 * i) & 0x7f) | 0x80);
  *out++ = static_cast<char>(length >> 28 & 0x7f);
  return out;
}

// The functions below return where they stopped writing, or null for what is not usual.
// `at` are the tokens of an AnyValue; at[3] is the value and at[4] the bracket behind it.

char* PutString(const char* text, const uint32_t* at, char* out) {
  const char* const start = text + at[3] + 1;
  const char* const end = text + at[4] - 1;
  if (start[-1] != '"' || *end != '"') [[unlikely]]
    return nullptr;
  const size_t size = end - start;
  if (size < 0x7e) [[likely]] {
    out[0] = static_cast<char>(size + 2);
    out[1] = kStringTag;
    out[2] = static_cast<char>(size);
    out += 3;
  } else {
    const size_t length_bytes = (std::bit_width(size) + 6u) / 7;
    out = PutMessageLength(1 + length_bytes + size, out);
    *out++ = kStringTag;
    out = PutVarint(size, out);
  }
  return CopyPlain(start, size, out) ? out + size : nullptr;
}

char* PutInt(const char* text, const uint32_t* at, char* out) {
  const char* start = text + at[3];
  const char* end = text + at[4];
  if (*start == '"') {
    ++start;
    if (*--end != '"') return nullptr;
  }
  const bool negative = *start == '-';
  start += negative;
  const auto digits = static_cast<size_t>(end - start);
  uint64_t number = 0;
  // Eighteen digits always fit.
  if (digits - 1 >= 18 || (*start == '0' && digits > 1) || !ReadDigits(end, digits, number)) {
    return nullptr;
  }
  out[1] = kIntTag;
  char* const written = PutVarint(negative ? 0 - number : number, out + 2);
  out[0] = static_cast<char>(written - out - 1);
  return written;
}

char* PutBool(const char* text, const uint32_t* at, char* out) {
  const char* const start = text + at[3];
  const size_t size = at[4] - at[3];
  const bool is_true = LoadHalfWord(start) == WordOf("true");
  if (is_true ? size != 4 : size != 5 || LoadHalfWord(start + 1) != WordOf("alse") || *start != 'f')
    return nullptr;
  out[0] = 2;
  out[1] = kBoolTag;
  out[2] = static_cast<char>(is_true);
  return out + 3;
}

char* PutDouble(const char* text, const uint32_t* at, char* out) {
  double number = 0;
  // A number in quotes or with space behind it does not parse.
  if (ParseDouble({text + at[3], text + at[4]}, number) != Parsed::kOk) return nullptr;
  out[0] = 9;
  out[1] = kDoubleTag;
  std::memcpy(out + 2, &number, sizeof number);
  return out + 10;
}

/// Length and content of the AnyValue whose tokens are `at`.
char* PutAnyValue(const char* text, const uint32_t* at, char* out) {
  const char* const start = text + at[0];
  if (text[at[4]] != '}') [[unlikely]]
    return nullptr;
  switch (LoadWord(start)) {
    case WordOf(R"({"string)"):
      return LoadWord(start + 7) == WordOf("gValue\":") ? PutString(text, at, out) : nullptr;
    case WordOf(R"({"intVal)"):
      return LoadWord(start + 4) == WordOf("tValue\":") ? PutInt(text, at, out) : nullptr;
    case WordOf(R"({"boolVa)"):
      return LoadWord(start + 5) == WordOf("lValue\":") ? PutBool(text, at, out) : nullptr;
    case WordOf(R"({"double)"):
      return LoadWord(start + 7) == WordOf("eValue\":") ? PutDouble(text, at, out) : nullptr;
    default: return nullptr;
  }
}

/// One KeyValue with its tag.
char* PutAttribute(const char* text, const uint32_t* at, uint32_t tag, char* out) {
  const char* const key = text + at[3] + 1;
  const char* const comma = text + at[4];
  if (LoadWord(text + at[0]) << 8 != WordOf(R"({"key":)") << 8 || key[-1] != '"' ||
      comma[0] != ',' || comma[-1] != '"' || LoadWord(text + at[5]) != WordOf("\"value\":") ||
      text[at[12]] != '}') [[unlikely]] {
    return nullptr;
  }
  const size_t key_size = comma - 1 - key;
  if (key_size >= 0x80) [[unlikely]]
    return nullptr;
  char* const content = out + 2;
  content[0] = kKeyTag;
  content[1] = static_cast<char>(key_size);
  if (!CopyPlain(key, key_size, content + 2)) [[unlikely]]
    return nullptr;
  content[2 + key_size] = kValueTag;
  char* written = PutAnyValue(text, at + 7, content + 3 + key_size);
  if (written == nullptr) [[unlikely]]
    return nullptr;
  const size_t length = written - content;
  out[0] = static_cast<char>(tag);
  if (length >= 0x80) [[unlikely]] {
    std::memmove(content + 4, content, length);
    written += 4;
  }
  PutMessageLength(length, out + 1);
  return written;
}

}  // namespace

size_t WriteUsualAttributes(Tokens& tokens, WireWriter& wire, uint32_t tag) {
  const char* const text = tokens.text();
  const auto text_size = static_cast<size_t>(tokens.text_end() - text);
  const uint32_t* at = tokens.at();
  const uint32_t* const end = at + tokens.left();
  WireWriter::Room room = wire.RoomFor(0);
  size_t taken = 0;
  while (end - at >= static_cast<ptrdiff_t>(kAttributeTokens)) {
    const size_t behind = at[kAttributeTokens - 1];
    const char next = text[behind];
    if ((next != ',' && next != ']') || text_size - behind < kCopyOverrun) break;
    const size_t room_needed = behind - at[0] + kRoomBeyondJson;
    if (static_cast<size_t>(room.end - room.begin) < room_needed) [[unlikely]] {
      wire.AdvanceTo(room.begin);
      room = wire.RoomFor(room_needed);
    }
    char* const written = PutAttribute(text, at, tag, room.begin);
    if (written == nullptr) [[unlikely]]
      break;
    room.begin = written;
    ++taken;
    at += kAttributeTokens;
    if (next == ']') break;
  }
  wire.AdvanceTo(room.begin);
  if (taken > 0) tokens.StepTo(at - 1);
  return taken;
}

bool WriteUsualValue(Tokens& tokens, WireWriter& wire, uint32_t tag) {
  const char* const text = tokens.text();
  const uint32_t* const at = tokens.at();
  if (tokens.left() <= kValueTokens) return false;
  if (static_cast<size_t>(tokens.text_end() - text) - at[kValueTokens - 1] < kCopyOverrun) {
    return false;
  }
  const WireWriter::Room room = wire.RoomFor(at[kValueTokens - 1] - at[0] + kRoomBeyondJson);
  *room.begin = static_cast<char>(tag);
  char* const written = PutAnyValue(text, at, room.begin + 1);
  if (written == nullptr) return false;
  wire.AdvanceTo(written);
  tokens.StepTo(at + kValueTokens);
  return true;
}

}  // namespace weir::columnar::otlp_json
