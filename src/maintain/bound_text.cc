// SPDX-License-Identifier: Apache-2.0
#include "maintain/bound_text.h"

#include <fmt/format.h>

#include <string_view>

namespace weir::maintain {
namespace {

std::string Quoted(std::string_view text) {
  constexpr size_t kShownMax = 64;
  std::string out = "\"";
  for (const char c : text.substr(0, kShownMax)) {
    const bool is_plain = c >= ' ' && c != '"' && c != '\\' && c != '\x7f';
    out += is_plain || (c & 0x80) != 0 ? std::string(1, c)
                                       : fmt::format("\\x{:02x}", static_cast<uint8_t>(c));
  }
  return out + (text.size() > kShownMax ? "…\"" : "\"");
}

}  // namespace

bool IsAtMost(const datafile::Bound& low, const datafile::Bound& high) {
  return low.index() == high.index() && low <= high;
}

std::string BoundText(const std::optional<datafile::Bound>& bound) {
  if (!bound) return "unknown";
  if (const auto* text = std::get_if<std::string>(&*bound)) return Quoted(*text);
  if (const auto* number = std::get_if<int32_t>(&*bound)) return fmt::to_string(*number);
  if (const auto* number = std::get_if<int64_t>(&*bound)) return fmt::to_string(*number);
  if (const auto* number = std::get_if<double>(&*bound)) return fmt::to_string(*number);
  return std::get<bool>(*bound) ? "true" : "false";
}

}  // namespace weir::maintain
