// SPDX-License-Identifier: Apache-2.0
#pragma once
// JSON written straight into a string: metadata is written every second, so no tree is built first.

#include <string>
#include <string_view>

namespace weir::table {

/// True when `text` is well-formed UTF-8 (no overlong forms, no surrogates).
bool IsUtf8(std::string_view text);

/// Appends `text` in quotes, escaped; bytes that are not UTF-8 become U+FFFD, so the JSON is always
/// valid.
void AppendJsonText(std::string& out, std::string_view text);

/// Appends `"name":`, with a comma before it unless the object or array was just opened.
void AppendJsonName(std::string& out, std::string_view name);

/// Appends a comma unless an object or array was just opened.
void AppendJsonComma(std::string& out);

}  // namespace weir::table
