// SPDX-License-Identifier: Apache-2.0
#include "columnar/nested_json.h"

#include <charconv>
#include <cmath>

#include "columnar/column/text_dictionary.h"
#include "columnar/wire/any_value.h"
#include "columnar/wire/base64.h"
#include "columnar/wire/key_value.h"
#include "columnar/wire/wire_reader.h"

namespace weir::columnar {
namespace {

using enum WireType;

bool AppendQuoted(std::string_view text, std::string& out) {
  constexpr std::string_view kHex = "0123456789abcdef";
  if (!IsUtf8(text)) return false;
  out += '"';
  for (char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      case '\b': out += "\\b"; break;
      case '\f': out += "\\f"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out += "\\u00";
          out += kHex[c >> 4];
          out += kHex[c & 15];
        } else {
          out += c;
        }
    }
  }
  out += '"';
  return true;
}

void AppendInt(int64_t number, std::string& out) {
  char digits[24];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

/// Calls `each(key, value)` for every KeyValue (or, with an empty key, every AnyValue) in the
/// repeated field 1 of `list`.
template <typename Each>
DecodeError ForEachMember(std::string_view list, bool is_map, Each each) {
  WireReader reader(list);
  std::string joined;
  while (reader.Next()) {
    if (reader.tag() != Tag(1, kBytes)) continue;
    KeyValue member{.value = reader.bytes()};
    if (is_map) {
      member.value = {};
      if (!ReadAnyKeyValue(reader.bytes(), member, joined)) return DecodeError::kMalformed;
    }
    const DecodeError error = each(member.key, member.value);
    if (error != DecodeError::kNone) return error;
  }
  return reader.ok() ? DecodeError::kNone : DecodeError::kMalformed;
}

DecodeError AppendPlainMembers(const AnyValue& list, int depth_max, std::string& out,
                               bool& needs_types) {
  const bool is_map = list.tag == kKeyValueList;
  bool is_first = true;
  out += is_map ? '{' : '[';
  const DecodeError error =
      ForEachMember(list.bytes, is_map, [&](std::string_view key, std::string_view value) {
        if (!is_first) out += ',';
        is_first = false;
        if (is_map) {
          if (!AppendQuoted(key, out)) return DecodeError::kNotText;
          out += ':';
        }
        return AppendPlainJson(value, depth_max - 1, out, needs_types);
      });
  out += is_map ? '}' : ']';
  return error;
}

DecodeError AppendTypedMembers(const AnyValue& list, int depth_max, std::string& out) {
  const bool is_map = list.tag == kKeyValueList;
  bool is_first = true;
  out += is_map ? R"({"kvlistValue":{"values":[)" : R"({"arrayValue":{"values":[)";
  const DecodeError error =
      ForEachMember(list.bytes, is_map, [&](std::string_view key, std::string_view value) {
        if (!is_first) out += ',';
        is_first = false;
        if (!is_map) return AppendTypedJson(value, depth_max - 1, out);
        out += R"({"key":)";
        if (!AppendQuoted(key, out)) return DecodeError::kNotText;
        out += R"(,"value":)";
        const DecodeError nested = AppendTypedJson(value, depth_max - 1, out);
        out += '}';
        return nested;
      });
  out += "]}}";
  return error;
}

}  // namespace

void AppendDouble(double number, std::string& out) {
  if (std::isnan(number)) {
    out += "NaN";
    return;
  }
  if (std::isinf(number)) {
    out += number < 0 ? "-Infinity" : "Infinity";
    return;
  }
  // JavaScript's bounds: between them people write digits, beyond them powers of ten.
  const double magnitude = std::abs(number);
  const bool is_plain = number == 0 || (magnitude >= 1e-6 && magnitude < 1e21);
  char digits[64];
  const auto format = is_plain ? std::chars_format::fixed : std::chars_format::scientific;
  out.append(digits, std::to_chars(digits, digits + sizeof digits, number, format).ptr);
}

DecodeError AppendPlainJson(std::string_view wire, int depth_max, std::string& out,
                            bool& needs_types) {
  if (depth_max <= 0) return DecodeError::kTooDeep;
  AnyValue value;
  if (!ReadAnyValue(wire, value)) return DecodeError::kMalformed;
  switch (value.tag) {
    case kStringValue:
      return AppendQuoted(value.bytes, out) ? DecodeError::kNone : DecodeError::kNotText;
    case kBoolValue: out += value.number != 0 ? "true" : "false"; break;
    case kIntValue: AppendInt(static_cast<int64_t>(value.number), out); break;
    case kDoubleValue: {
      const size_t start = out.size();
      AppendDouble(value.number_as_double, out);
      needs_types |= !std::isfinite(value.number_as_double);
      // The point tells a whole double from an integer.
      if (out.find_first_of(".e", start) == std::string::npos) out += ".0";
      break;
    }
    case kArrayValue:
    case kKeyValueList: return AppendPlainMembers(value, depth_max, out, needs_types);
    case kBytesValue: needs_types = true; break;
    default: out += "null"; break;
  }
  return DecodeError::kNone;
}

DecodeError AppendTypedJson(std::string_view wire, int depth_max, std::string& out) {
  if (depth_max <= 0) return DecodeError::kTooDeep;
  AnyValue value;
  if (!ReadAnyValue(wire, value)) return DecodeError::kMalformed;
  switch (value.tag) {
    case kStringValue:
      out += R"({"stringValue":)";
      if (!AppendQuoted(value.bytes, out)) return DecodeError::kNotText;
      out += '}';
      break;
    case kBoolValue:
      out += value.number != 0 ? R"({"boolValue":true})" : R"({"boolValue":false})";
      break;
    case kIntValue:
      out += R"({"intValue":")";
      AppendInt(static_cast<int64_t>(value.number), out);
      out += R"("})";
      break;
    case kDoubleValue: {
      const bool is_finite = std::isfinite(value.number_as_double);
      out += is_finite ? R"({"doubleValue":)" : R"({"doubleValue":")";
      AppendDouble(value.number_as_double, out);
      out += is_finite ? "}" : R"("})";
      break;
    }
    case kArrayValue:
    case kKeyValueList: return AppendTypedMembers(value, depth_max, out);
    case kBytesValue: out += R"({"bytesValue":")" + Base64Encode(value.bytes) + R"("})"; break;
    default: out += "{}"; break;
  }
  return DecodeError::kNone;
}

}  // namespace weir::columnar
