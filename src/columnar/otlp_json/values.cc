// SPDX-License-Identifier: Apache-2.0
// The rewriter's other half: scalar values, and what is said when one is wrong.
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <limits>
#include <utility>
#include <vector>

#include "columnar/otlp_json/rewriter.h"
#include "columnar/otlp_json/words.h"

namespace weir::columnar::otlp_json {
namespace {

constexpr uint64_t kInt64Max = std::numeric_limits<int64_t>::max();
constexpr uint64_t kInt32Max = std::numeric_limits<int32_t>::max();
constexpr uint64_t kUint32Max = std::numeric_limits<uint32_t>::max();

std::string_view FoundAt(char c) {
  switch (c) {
    case '{': return "an object";
    case '[': return "an array";
    case '"': return "a string";
    case 't':
    case 'f': return "a boolean";
    case 'n': return "null";
    case '\0': return "the end";
    default: return "a number";
  }
}

bool IsSigned(Kind kind) {
  return kind == Kind::kInt64 || kind == Kind::kSfixed64 || kind == Kind::kSint32 ||
         kind == Kind::kEnum;
}

uint64_t MagnitudeMax(Kind kind) {
  switch (kind) {
    case Kind::kSint32:
    case Kind::kEnum: return kInt32Max;
    case Kind::kUint32:
    case Kind::kFixed32: return kUint32Max;
    case Kind::kInt64:
    case Kind::kSfixed64: return kInt64Max;
    default: return std::numeric_limits<uint64_t>::max();
  }
}

/// The number in two's complement, if a field of this kind can hold it.
bool Fit(Kind kind, Integer integer, uint64_t& bits) {
  const bool negative = integer.negative && integer.magnitude != 0;
  if (negative && !IsSigned(kind)) return false;
  if (integer.magnitude > MagnitudeMax(kind) + (negative ? 1 : 0)) return false;
  bits = negative ? 0 - integer.magnitude : integer.magnitude;
  return true;
}

uint64_t ZigZagEncode(uint64_t bits) {
  const auto number = static_cast<int64_t>(bits);
  return static_cast<uint64_t>(number) << 1 ^ static_cast<uint64_t>(number >> 63);
}

void WriteInteger(WireWriter& wire, const Field& field, uint64_t bits) {
  switch (field.kind) {
    case Kind::kFixed32: wire.Fixed32(field.tag, static_cast<uint32_t>(bits)); return;
    case Kind::kFixed64:
    case Kind::kSfixed64:
      field.repeated ? wire.PackedFixed64(bits) : wire.Fixed64(field.tag, bits);
      return;
    case Kind::kSint32: wire.Varint(field.tag, ZigZagEncode(bits)); return;
    default: field.repeated ? wire.PackedVarint(bits) : wire.Varint(field.tag, bits);
  }
}

void WriteDouble(WireWriter& wire, const Field& field, double number) {
  field.repeated ? wire.PackedFixed64(std::bit_cast<uint64_t>(number))
                 : wire.Double(field.tag, number);
}

bool ParseSpecialDouble(std::string_view text, double& number) {
  if (text == "NaN") {
    number = std::numeric_limits<double>::quiet_NaN();
  } else if (text == "Infinity") {
    number = std::numeric_limits<double>::infinity();
  } else if (text == "-Infinity") {
    number = -std::numeric_limits<double>::infinity();
  } else {
    return false;
  }
  return true;
}

std::string_view ExpectedNumber(Kind kind) {
  switch (kind) {
    case Kind::kDouble: return "a number within a double's range";
    case Kind::kEnum: return "a number of an enum or its name";
    case Kind::kInt64:
    case Kind::kSfixed64: return "a whole number of 64 bits";
    case Kind::kSint32: return "a whole number of 32 bits";
    case Kind::kUint32:
    case Kind::kFixed32: return "a whole number from 0 on, of 32 bits";
    default: return "a whole number from 0 on, of 64 bits";
  }
}

std::string_view ExpectedBytes(bool hex) {
  return hex ? "a string of hex digits" : "a string of base64";
}

}  // namespace

bool Rewriter::Value(const Place& place) {
  switch (place.field->kind) {
    case Kind::kString: return Text(place);
    case Kind::kHexBytes:
    case Kind::kBytes: return Decoded(place);
    case Kind::kBool: return Bool(place);
    default: return Number(place);
  }
}

bool Rewriter::Text(const Place& place) {
  if (tokens_.Peek() != '"') [[unlikely]]
    return Wrong(place, "a string");
  const std::string_view text = tokens_.String();
  if (!PlainText(place.field->tag, text)) {
    const size_t content = wire_.Open(place.field->tag);
    const auto length = DecodeEscapes(text, wire_.Space(text.size()));
    if (!length) return BadSyntax("a string with valid escapes");
    wire_.Advance(*length);
    wire_.Close(content);
  }
  tokens_.Next();
  return true;
}

bool Rewriter::PlainText(uint32_t tag, std::string_view text) {
  if (static_cast<size_t>(tokens_.text_end() - text.end()) >= kCopyOverrun) [[likely]] {
    const WireWriter::Room room = wire_.RoomFor(text.size() + kCopyOverrun);
    char* const out = PutVarint(text.size(), PutVarint(tag, room.begin));
    if (CopyPlain(text.data(), text.size(), out)) [[likely]] {
      wire_.AdvanceTo(out + text.size());
      return true;
    }
  }
  if (text.find('\\') != text.npos) return false;
  wire_.Bytes(tag, text);
  return true;
}

bool Rewriter::UsualHex(uint32_t tag, std::string_view text) {
  if (text.size() >= 0x80) return false;
  const WireWriter::Room room = wire_.RoomFor(text.size());
  char* const out = PutVarint(tag, room.begin);
  const auto length = DecodeHex(text, out + 1);
  if (!length) return false;
  *out = static_cast<char>(*length);
  wire_.AdvanceTo(out + 1 + *length);
  tokens_.Next();
  return true;
}

bool Rewriter::Decoded(const Place& place) {
  const bool hex = place.field->kind == Kind::kHexBytes;
  if (tokens_.Peek() != '"') [[unlikely]]
    return Wrong(place, ExpectedBytes(hex));
  std::string_view text = tokens_.String();
  if (hex && UsualHex(place.field->tag, text)) [[likely]]
    return true;
  std::string plain;
  if (text.find('\\') != text.npos) [[unlikely]] {  // Base64's '/' may be escaped.
    plain.resize(text.size());
    const auto length = DecodeEscapes(text, plain.data());
    if (!length) return BadSyntax("a string with valid escapes");
    plain.resize(*length);
    text = plain;
  }
  const size_t content = wire_.Open(place.field->tag);
  char* const out = wire_.Space(text.size());
  const auto length = hex ? DecodeHex(text, out) : DecodeBase64(text, out);
  if (!length) [[unlikely]] {
    return Refuse(fmt::format("{}: expected {}", PathOf(&place), ExpectedBytes(hex)));
  }
  wire_.Advance(*length);
  wire_.Close(content);
  tokens_.Next();
  return true;
}

bool Rewriter::Bool(const Place& place) {
  const std::string_view text = tokens_.Peek() == '"' ? "" : tokens_.Scalar();
  if (text != "true" && text != "false") [[unlikely]]
    return Wrong(place, "true or false");
  wire_.Varint(place.field->tag, text == "true" ? 1 : 0);
  tokens_.Next();
  return true;
}

bool Rewriter::UsualNumber(const Field& field) {
  if (field.kind == Kind::kDouble || tokens_.left() < 2) return false;
  const uint32_t* const at = tokens_.at();
  const char* start = tokens_.text() + at[0];
  const char* end = tokens_.text() + at[1];
  if (*start == '"') {
    ++start;
    if (*--end != '"') return false;
  }
  const auto digits = static_cast<size_t>(end - start);
  uint64_t number = 0;
  // Nineteen digits always fit into 64 bits.
  if (digits - 1 >= 19 || (*start == '0' && digits > 1) || end - tokens_.text() < 8 ||
      !ReadDigits(end, digits, number) || number > MagnitudeMax(field.kind)) {
    return false;
  }
  WriteInteger(wire_, field, number);
  tokens_.Next();
  return true;
}

bool Rewriter::Number(const Place& place) {
  if (UsualNumber(*place.field)) [[likely]]
    return true;
  const char first = tokens_.Peek();
  if (first == '"') {
    if (!WriteNumber(*place.field, tokens_.String())) {
      return Refuse(fmt::format("{}: expected {}, found another string", PathOf(&place),
                                ExpectedNumber(place.field->kind)));
    }
    tokens_.Next();
    return true;
  }
  if (first != '-' && (first < '0' || first > '9')) [[unlikely]] {
    return Wrong(place, ExpectedNumber(place.field->kind));
  }
  if (!WriteNumber(*place.field, tokens_.Scalar())) [[unlikely]] {
    // Skip, within, tells a number of the wrong size from what is no JSON.
    return Refuse(fmt::format("{}: expected {}, found another number", PathOf(&place),
                              ExpectedNumber(place.field->kind)));
  }
  tokens_.Next();
  return true;
}

bool Rewriter::WriteNumber(const Field& field, std::string_view text) {
  const bool quoted = tokens_.Peek() == '"';
  if (field.kind == Kind::kDouble) {
    double number = 0;
    const bool special = quoted && ParseSpecialDouble(text, number);
    if (!special && ParseDouble(text, number) != Parsed::kOk) return false;
    WriteDouble(wire_, field, number);
    return true;
  }
  if (field.kind == Kind::kEnum && quoted) {
    const auto name = std::ranges::find(field.enum_names, text);
    if (name != field.enum_names.end()) {
      wire_.Varint(field.tag, static_cast<uint64_t>(name - field.enum_names.begin()));
      return true;
    }
  }
  Integer integer;
  uint64_t bits = 0;
  if (ParseInteger(text, integer) != Parsed::kOk || !Fit(field.kind, integer, bits)) return false;
  WriteInteger(wire_, field, bits);
  return true;
}

bool Rewriter::Wrong(const Place& place, std::string_view expected) {
  return Refuse(
      fmt::format("{}: expected {}, found {}", PathOf(&place), expected, FoundAt(tokens_.Peek())));
}

bool Rewriter::Refuse(std::string reason) {
  const size_t at = tokens_.byte_offset();
  // Not JSON at all goes before what JSON means.
  if (!Skip()) return false;
  if (!in_record_) return Fail(fmt::format("{}, at byte {}", reason, at));
  if (record_error_.empty()) record_error_ = std::move(reason);
  return true;
}

bool Rewriter::Fail(std::string message) {
  error_ = Error(ErrorKind::kBadRequest, std::move(message));
  return false;
}

bool Rewriter::BadSyntax(std::string_view expected) {
  return Fail(
      fmt::format("not valid JSON: expected {} at byte {}", expected, tokens_.byte_offset()));
}

std::string PathOf(const Place* place) {
  constexpr size_t kShownMax = 12;
  std::vector<const Place*> places;
  for (; place != nullptr && place->field != nullptr; place = place->outer) places.push_back(place);
  if (places.empty()) return "the request";
  std::string path;
  for (size_t i = 0; i < std::min(places.size(), kShownMax); ++i) {
    const Place& step = *places[places.size() - 1 - i];
    fmt::format_to(std::back_inserter(path), "{}{}", i == 0 ? "" : ".", step.field->name);
    if (step.index >= 0) fmt::format_to(std::back_inserter(path), "[{}]", step.index);
  }
  if (places.size() > kShownMax) path += "…";
  return path;
}

}  // namespace weir::columnar::otlp_json
