// SPDX-License-Identifier: Apache-2.0
#pragma once
// Arrays and maps of an AnyValue as JSON text.

#include <string>
#include <string_view>

#include "columnar/attribute_value.h"

namespace weir::columnar {

/// Appends the AnyValue `wire` as plain compact JSON: `[1,2.0,{"a":null}]`.
/// `needs_types` becomes true where that loses something (bytes, NaN, infinities); the text is of
/// no use then.
DecodeError AppendPlainJson(std::string_view wire, int depth_max, std::string& out,
                            bool& needs_types);

/// Appends the AnyValue `wire` in OTLP/JSON's own form:
/// `{"arrayValue":{"values":[{"intValue":"1"}]}}`.
DecodeError AppendTypedJson(std::string_view wire, int depth_max, std::string& out);

/// Shortest text that reads back as the same double; `NaN`, `Infinity`, `-Infinity`.
void AppendDouble(double number, std::string& out);

}  // namespace weir::columnar
