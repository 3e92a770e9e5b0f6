// SPDX-License-Identifier: Apache-2.0
#pragma once
// One OTLP AnyValue as canonical text plus the letter of its type.

#include <cstdint>
#include <string>
#include <string_view>

namespace weir::columnar {

/// Bounds on one record. The names of the first two are configuration keys under `limits`.
struct DecodeLimits {
  int nesting_depth = 64;  // AnyValues inside AnyValues.
  int attributes_per_record = 4096;
  // A resource, a scope, a metric's head: each is written again with every row, so a large one
  // multiplies.
  int origin_attributes = 512;
  size_t origin_bytes = 64 << 10;
};

/// A decoded value. `text` lives as long as the wire bytes and the scratch it was decoded with.
///
/// Text by type: strings as they are; booleans `true`, `false`; integers decimal; doubles shortest
/// round-trip, `NaN`, `Infinity`, `-Infinity`; bytes base64; arrays and maps compact JSON in which
/// a double always has a point or exponent. What plain JSON can't give back (bytes, NaN, infinities
/// inside arrays and maps) makes the whole value OTLP/JSON's typed form (`{"arrayValue":…}`),
/// marked by a capital letter.
struct AttributeValue {
  char type = 's';        // s string, b bool, i int, d double, y bytes, a A array, m M map.
  bool is_empty = false;  // An AnyValue with no value: null text, counted as a string.
  std::string_view text;
  int64_t int_value = 0;    // Where type is i (or b, 0 and 1).
  double double_value = 0;  // Where type is d.
};

enum class DecodeError : uint8_t { kNone, kMalformed, kTooDeep, kNotText, kTooLarge };

/// Decodes the AnyValue message `wire`. `scratch` holds texts that are not in the wire bytes.
DecodeError DecodeAttributeValue(std::string_view wire, int nesting_depth_max, std::string& scratch,
                                 AttributeValue& value);

/// The decimal text of `number`, kept in `scratch`.
std::string_view IntText(int64_t number, std::string& scratch);

/// For messages to the sender: `malformed protobuf`, `nested deeper than the limit`, `text is not
/// UTF-8` …
std::string_view Explain(DecodeError error);

}  // namespace weir::columnar
