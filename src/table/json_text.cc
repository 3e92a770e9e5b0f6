// SPDX-License-Identifier: Apache-2.0
#include "table/json_text.h"

#include <fmt/format.h>

#include <cstdint>
#include <iterator>

namespace weir::table {
namespace {

/// What the lead byte of a UTF-8 sequence promises (Unicode 15, table 3-7).
struct Sequence {
  size_t length = 0;  // 0: not a lead byte.
  uint8_t second_min = 0x80;
  uint8_t second_max = 0xBF;
};

Sequence SequenceOf(uint8_t lead) {
  if (lead < 0x80) return {.length = 1};
  if (lead < 0xC2) return {};
  if (lead < 0xE0) return {.length = 2};
  if (lead == 0xE0) return {.length = 3, .second_min = 0xA0};
  if (lead == 0xED) return {.length = 3, .second_max = 0x9F};
  if (lead < 0xF0) return {.length = 3};
  if (lead == 0xF0) return {.length = 4, .second_min = 0x90};
  if (lead < 0xF4) return {.length = 4};
  if (lead == 0xF4) return {.length = 4, .second_max = 0x8F};
  return {};
}

/// Length of the well-formed sequence that `text` starts with, or 0.
size_t LeadingSequence(std::string_view text) {
  const auto byte = [text](size_t i) { return static_cast<uint8_t>(text[i]); };
  const Sequence sequence = SequenceOf(byte(0));
  if (sequence.length <= 1) return sequence.length;
  if (text.size() < sequence.length) return 0;
  if (byte(1) < sequence.second_min || byte(1) > sequence.second_max) return 0;
  for (size_t i = 2; i < sequence.length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  return sequence.length;
}

void AppendEscaped(std::string& out, char c) {
  switch (c) {
    case '"': out += "\\\""; break;
    case '\\': out += "\\\\"; break;
    case '\n': out += "\\n"; break;
    case '\r': out += "\\r"; break;
    case '\t': out += "\\t"; break;
    default: fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<uint8_t>(c));
  }
}

}  // namespace

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const size_t length = LeadingSequence(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

void AppendJsonText(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const size_t length = LeadingSequence(text);
    const char c = text[0];
    if (length == 0) {
      out += "\xEF\xBF\xBD";
    } else if (length == 1 && (static_cast<uint8_t>(c) < 0x20 || c == '"' || c == '\\')) {
      AppendEscaped(out, c);
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  out += '"';
}

void AppendJsonComma(std::string& out) {
  if (!out.empty() && out.back() != '{' && out.back() != '[') out += ',';
}

void AppendJsonName(std::string& out, std::string_view name) {
  AppendJsonComma(out);
  AppendJsonText(out, name);
  out += ':';
}

}  // namespace weir::table
