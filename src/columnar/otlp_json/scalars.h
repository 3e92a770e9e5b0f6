// SPDX-License-Identifier: Apache-2.0
#pragma once
// Numbers, hex, base64 and string escapes as OTLP/JSON spells them.

#include <cstdint>
#include <optional>
#include <string_view>

namespace weir::columnar::otlp_json {

/// A whole number with the sign apart, so that int64 and uint64 both fit.
struct Integer {
  bool negative = false;
  uint64_t magnitude = 0;
};

enum class Parsed : uint8_t { kOk, kNotANumber, kOutOfRange };

/// Whether `text` is a number by JSON's grammar.
bool IsNumber(std::string_view text);

/// Also decimal and exponent forms of a whole number: 5.0, 1e9. A fraction is kOutOfRange.
Parsed ParseInteger(std::string_view text, Integer& integer);

/// kOutOfRange where it would be infinite; what is too small becomes zero.
Parsed ParseDouble(std::string_view text, double& number);

/// Decoders write to `out` and return how many bytes; nothing where the text is not of their form.
/// `out` has room for text.size() bytes.
std::optional<size_t> DecodeHex(std::string_view text, char* out);
/// Standard or URL alphabet, padded or not.
std::optional<size_t> DecodeBase64(std::string_view text, char* out);
/// What stands between the quotes of a JSON string. A lone surrogate becomes U+FFFD: JavaScript
/// clients that cut strings at UTF-16 units send them, and one cut emoji must not cost the request.
std::optional<size_t> DecodeEscapes(std::string_view text, char* out);

}  // namespace weir::columnar::otlp_json
