// SPDX-License-Identifier: Apache-2.0
#include "serve/request_target.h"

#include <fmt/format.h>

#include "base/ids.h"

namespace weir::serve {
namespace {

constexpr size_t kParametersMax = 64;

/// Takes what is before the next `separator` off the front of `rest`.
std::string_view TakeUntil(std::string_view& rest, char separator) {
  const size_t end = std::min(rest.find(separator), rest.size());
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return part;
}

}  // namespace

Result<std::string> PercentDecode(std::string_view text, bool is_query) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += is_query && text[i] == '+' ? ' ' : text[i];
      continue;
    }
    char byte = 0;
    if (i + 2 >= text.size() || !HexDecode(text.substr(i + 1, 2), &byte)) {
      return Error(ErrorKind::kBadRequest, "a % in the URL is not followed by two hex digits");
    }
    out += byte;
    i += 2;
  }
  return out;
}

Result<std::vector<std::string>> SplitPath(std::string_view path) {
  std::vector<std::string> segments;
  if (path.starts_with('/')) path.remove_prefix(1);
  while (!path.empty()) {
    std::string segment = TRY(PercentDecode(TakeUntil(path, '/')));
    segments.push_back(std::move(segment));
  }
  return segments;
}

Result<QueryParameters> QueryParameters::Parse(std::string_view query) {
  QueryParameters parsed;
  while (!query.empty()) {
    std::string_view value = TakeUntil(query, '&');
    if (value.empty()) continue;
    if (parsed.parameters_.size() == kParametersMax) {
      return Error(ErrorKind::kBadRequest,
                   fmt::format("more than {} parameters in the URL", kParametersMax));
    }
    Parameter parameter;
    parameter.name = TRY(PercentDecode(TakeUntil(value, '='), true));
    parameter.value = TRY(PercentDecode(value, true));
    parsed.parameters_.push_back(std::move(parameter));
  }
  return parsed;
}

std::optional<std::string_view> QueryParameters::Find(std::string_view name) const {
  for (const Parameter& parameter : parameters_) {
    if (parameter.name == name) return parameter.value;
  }
  return std::nullopt;
}

}  // namespace weir::serve
