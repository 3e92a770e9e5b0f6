// SPDX-License-Identifier: Apache-2.0
#include "columnar/otlp_json/scalars.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <string>

#include "columnar/otlp_json/words.h"

namespace weir::columnar::otlp_json {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

size_t SkipDigits(std::string_view text, size_t at) {
  while (at < text.size() && IsDigit(text[at])) ++at;
  return at;
}

constexpr auto kHexDigits = [] {
  std::array<int8_t, 256> digits;
  digits.fill(-1);
  for (int i = 0; i < 10; ++i) digits['0' + i] = static_cast<int8_t>(i);
  for (int i = 0; i < 6; ++i) {
    digits['a' + i] = digits['A' + i] = static_cast<int8_t>(10 + i);
  }
  return digits;
}();

constexpr auto kBase64Digits = [] {
  std::array<int8_t, 256> digits;
  digits.fill(-1);
  for (int i = 0; i < 26; ++i) {
    digits['A' + i] = static_cast<int8_t>(i);
    digits['a' + i] = static_cast<int8_t>(26 + i);
  }
  for (int i = 0; i < 10; ++i) digits['0' + i] = static_cast<int8_t>(52 + i);
  digits['+'] = digits['-'] = 62;
  digits['/'] = digits['_'] = 63;
  return digits;
}();

int DigitOf(const std::array<int8_t, 256>& digits, char c) {
  return digits[static_cast<unsigned char>(c)];
}

/// The whole number that a decimal or exponent form is, if it is one.
/// Walks the significant digits; zeros wait until a digit behind them shows that they count.
Parsed ParseScaled(std::string_view text, Integer& integer) {
  const size_t mantissa_end = std::min(text.find_first_of("eE"), text.size());
  // Beyond this any number that is not zero is out of range or a fraction.
  constexpr int64_t kExponentMax = 1'000'000'000;
  int64_t exponent = 0;
  if (mantissa_end < text.size()) {
    const char* from = text.data() + mantissa_end + 1;
    if (*from == '+') ++from;
    const auto read = std::from_chars(from, text.data() + text.size(), exponent);
    if (read.ec != std::errc{}) exponent = *from == '-' ? -kExponentMax : kExponentMax;
    exponent = std::clamp(exponent, -kExponentMax, kExponentMax);
  }
  unsigned __int128 value = 0;
  int64_t zeros = 0;
  bool in_fraction = false;
  for (const char c : text.substr(0, mantissa_end)) {
    if (c == '.') in_fraction = true;
    if (!IsDigit(c)) continue;
    if (in_fraction) --exponent;
    if (c == '0') {
      zeros += value != 0;
      continue;
    }
    for (; zeros >= 0; --zeros) {
      value *= 10;
      if (value > UINT64_MAX) return Parsed::kOutOfRange;
    }
    zeros = 0;
    value += static_cast<unsigned>(c - '0');
  }
  integer = {.negative = text[0] == '-', .magnitude = 0};
  if (value == 0) return Parsed::kOk;
  exponent += zeros;
  if (exponent < 0) return Parsed::kOutOfRange;
  for (; exponent > 0 && value <= UINT64_MAX; --exponent) value *= 10;
  if (value > UINT64_MAX) return Parsed::kOutOfRange;
  integer.magnitude = static_cast<uint64_t>(value);
  return Parsed::kOk;
}

std::optional<uint32_t> FourHexDigits(std::string_view text, size_t at) {
  if (text.size() < 4 || at > text.size() - 4) return std::nullopt;
  uint32_t value = 0;
  for (size_t i = 0; i < 4; ++i) {
    const int digit = DigitOf(kHexDigits, text[at + i]);
    if (digit < 0) return std::nullopt;
    value = value << 4 | static_cast<uint32_t>(digit);
  }
  return value;
}

size_t EncodeUtf8(uint32_t code_point, char* out) {
  if (code_point < 0x80) {
    out[0] = static_cast<char>(code_point);
    return 1;
  }
  if (code_point < 0x800) {
    out[0] = static_cast<char>(0xc0 | code_point >> 6);
    out[1] = static_cast<char>(0x80 | (code_point & 0x3f));
    return 2;
  }
  if (code_point < 0x10000) {
    out[0] = static_cast<char>(0xe0 | code_point >> 12);
    out[1] = static_cast<char>(0x80 | (code_point >> 6 & 0x3f));
    out[2] = static_cast<char>(0x80 | (code_point & 0x3f));
    return 3;
  }
  out[0] = static_cast<char>(0xf0 | code_point >> 18);
  out[1] = static_cast<char>(0x80 | (code_point >> 12 & 0x3f));
  out[2] = static_cast<char>(0x80 | (code_point >> 6 & 0x3f));
  out[3] = static_cast<char>(0x80 | (code_point & 0x3f));
  return 4;
}

/// The code point of the \u escape whose digits start at `at`; moves `at` behind it, and behind its
/// pair.
std::optional<uint32_t> UnicodeEscape(std::string_view text, size_t& at) {
  constexpr uint32_t kReplacement = 0xfffd;
  const auto unit = FourHexDigits(text, at);
  if (!unit) return std::nullopt;
  at += 4;
  if (*unit < 0xd800 || *unit > 0xdfff) return unit;
  if (*unit > 0xdbff || text.substr(at, 2) != "\\u") return kReplacement;
  const auto low = FourHexDigits(text, at + 2);
  if (!low) return std::nullopt;
  if (*low < 0xdc00 || *low > 0xdfff) return kReplacement;
  at += 6;
  return 0x10000 + ((*unit - 0xd800) << 10) + (*low - 0xdc00);
}

/// Sixteen digits to eight bytes. False where one is not a digit.
bool DecodeHexBlock(const char* from, char* out) {
  using Pairs = uint16_t __attribute__((vector_size(16)));
  using Bytes = uint8_t __attribute__((vector_size(8)));
  const Block text = LoadBlock(from);
  const Block decimal = text - '0';
  const Block letter = (text | 0x20) - 'a';
  const Block is_decimal = reinterpret_cast<Block>(decimal < 10);
  const Block is_letter = reinterpret_cast<Block>(letter < 6);
  if (!IsAllZero(~(is_decimal | is_letter))) return false;
  const Block digits = (decimal & is_decimal) | ((letter + 10) & is_letter);
  const auto pairs = reinterpret_cast<Pairs>(digits);
  const auto bytes = __builtin_convertvector((pairs << 4 | pairs >> 8) & 0xff, Bytes);
  std::memcpy(out, &bytes, sizeof bytes);
  return true;
}

char SimpleEscape(char c) {
  switch (c) {
    case '"':
    case '\\':
    case '/': return c;
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return '\0';
  }
}

}  // namespace

bool IsNumber(std::string_view text) {
  size_t at = text.starts_with('-') ? 1 : 0;
  const size_t whole = at;
  at = SkipDigits(text, at);
  if (at == whole || (at - whole > 1 && text[whole] == '0')) return false;
  if (at < text.size() && text[at] == '.') {
    const size_t fraction = ++at;
    at = SkipDigits(text, at);
    if (at == fraction) return false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    const size_t exponent = at;
    at = SkipDigits(text, at);
    if (at == exponent) return false;
  }
  return at == text.size();
}

Parsed ParseInteger(std::string_view text, Integer& integer) {
  const size_t whole = text.starts_with('-') ? 1 : 0;
  const size_t digits = text.size() - whole;
  // 18 digits cannot overflow; the usual time stamp has 19 and is below 2^64 too.
  if (digits > 0 && digits <= 19 && !(digits > 1 && text[whole] == '0')) [[likely]] {
    uint64_t value = 0;
    size_t at = whole;
    for (; at < text.size() && IsDigit(text[at]); ++at) {
      value = value * 10 + static_cast<uint64_t>(text[at] - '0');
    }
    if (at == text.size()) {
      integer = {.negative = whole == 1, .magnitude = value};
      return Parsed::kOk;
    }
  }
  return IsNumber(text) ? ParseScaled(text, integer) : Parsed::kNotANumber;
}

Parsed ParseDouble(std::string_view text, double& number) {
  if (!IsNumber(text)) return Parsed::kNotANumber;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec == std::errc{}) return Parsed::kOk;
  number = std::strtod(std::string(text).c_str(), nullptr);
  return std::isfinite(number) ? Parsed::kOk : Parsed::kOutOfRange;
}

std::optional<size_t> DecodeHex(std::string_view text, char* out) {
  if (text.size() % 2 != 0) return std::nullopt;
  size_t i = 0;
  for (; text.size() - i >= 16; i += 16) {
    if (!DecodeHexBlock(text.data() + i, out + i / 2)) return std::nullopt;
  }
  for (; i < text.size(); i += 2) {
    const int high = DigitOf(kHexDigits, text[i]);
    const int low = DigitOf(kHexDigits, text[i + 1]);
    if ((high | low) < 0) return std::nullopt;
    out[i / 2] = static_cast<char>(high << 4 | low);
  }
  return text.size() / 2;
}

std::optional<size_t> DecodeBase64(std::string_view text, char* out) {
  const size_t length = text.find_last_not_of('=') + 1;
  if (text.size() - length > 2 || (text.size() != length && text.size() % 4 != 0)) {
    return std::nullopt;
  }
  if (length % 4 == 1) return std::nullopt;
  uint32_t group = 0;
  size_t written = 0;
  for (size_t i = 0; i < length; ++i) {
    const int digit = DigitOf(kBase64Digits, text[i]);
    if (digit < 0) return std::nullopt;
    group = group << 6 | static_cast<uint32_t>(digit);
    // Each digit after a group's first completes one byte.
    if (i % 4 != 0) out[written++] = static_cast<char>(group >> (6 - 2 * (i % 4)));
  }
  return written;
}

std::optional<size_t> DecodeEscapes(std::string_view text, char* out) {
  char* const start = out;
  size_t at = 0;
  while (true) {
    const size_t escape = std::min(text.find('\\', at), text.size());
    std::memcpy(out, text.data() + at, escape - at);
    out += escape - at;
    if (escape == text.size()) return out - start;
    at = escape + 2;
    if (at > text.size()) return std::nullopt;
    if (text[at - 1] == 'u') {
      const auto code_point = UnicodeEscape(text, at);
      if (!code_point) return std::nullopt;
      out += EncodeUtf8(*code_point, out);
      continue;
    }
    const char plain = SimpleEscape(text[at - 1]);
    if (plain == '\0') return std::nullopt;
    *out++ = plain;
  }
}

}  // namespace weir::columnar::otlp_json
