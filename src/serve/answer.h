// SPDX-License-Identifier: Apache-2.0
#pragma once
// Responses in the few shapes that all routes share.

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/http.h"

namespace weir::serve {

/// How an area of the API words its failures.
enum class ErrorStyle {
  kWeir,     // {"error": {"type": "not_found", "message": …}}
  kIceberg,  // {"error": {"type": "NoSuchTableException", "message": …, "code": 404}}
};

/// Compact JSON text; bytes that are not UTF-8 become U+FFFD.
std::string ToText(const nlohmann::ordered_json& json);

net::Response TextAnswer(int status, std::string_view content_type, std::string body);
net::Response JsonAnswer(int status, const nlohmann::ordered_json& json);
net::Response EmptyAnswer(int status);

/// `type`: a fixed word for programs; `message`: a sentence for people.
net::Response ErrorAnswer(ErrorStyle style, int status, std::string_view type,
                          std::string_view message);
/// A failure by its kind. What went wrong inside is logged, not shown.
net::Response ErrorAnswer(ErrorStyle style, const Status& status);

}  // namespace weir::serve
