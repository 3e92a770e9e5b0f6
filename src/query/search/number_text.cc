// SPDX-License-Identifier: Apache-2.0
#include "query/search/number_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

namespace weir::query::search {
namespace {

// As many as 64 bits always hold.
constexpr size_t kWholeDigitsMax = 18;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

/// Without its sign; nothing where it is not of digits, a fraction and an exponent.
std::optional<double> ParseNumber(std::string_view text) {
  if (text.starts_with('+') || text.starts_with('-')) {
    const auto rest = ParseNumber(text.substr(1));
    if (!rest || IsDigit(text.size() > 1 ? text[1] : '\0') == false) return std::nullopt;
    return text[0] == '-' ? -*rest : *rest;
  }
  if (text.empty() || !IsDigit(text.front())) return std::nullopt;
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc() || read.ptr != end || !std::isfinite(number)) return std::nullopt;
  return number;
}

/// Nothing where `text` is not whole, or has more digits than fit.
std::optional<int64_t> ParseWhole(std::string_view text) {
  const bool has_plus = text.starts_with('+');
  if (has_plus) text.remove_prefix(1);
  const std::string_view digits = text.substr(!has_plus && text.starts_with('-') ? 1 : 0);
  const bool is_whole = !digits.empty() && std::ranges::all_of(digits, IsDigit);
  if (!is_whole || digits.size() > kWholeDigitsMax) return std::nullopt;
  int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

std::optional<std::string> NumberLiteral(std::string_view text) {
  if (const auto whole = ParseWhole(text)) return fmt::format("{}", *whole);
  const auto number = ParseNumber(text);
  if (!number) return std::nullopt;
  const std::string literal = fmt::format("{}", *number);
  return literal.find('e') == std::string::npos ? literal + "e0" : literal;
}

std::optional<int64_t> ParseDuration(std::string_view text) {
  constexpr std::pair<std::string_view, double> kUnits[] = {
      {"ns", 1},  {"us", 1e3}, {"µs", 1e3},   {"μs", 1e3},   {"ms", 1e6},
      {"s", 1e9}, {"m", 6e10}, {"h", 3.6e12}, {"d", 8.64e13}};
  constexpr double kMax = 9.2e18;
  double total = 0;
  if (text.empty()) return std::nullopt;
  while (!text.empty()) {
    const size_t unit_at = text.find_first_not_of("0123456789.");
    if (unit_at == std::string_view::npos) return std::nullopt;
    const auto amount = ParseNumber(text.substr(0, unit_at));
    text.remove_prefix(unit_at);
    const std::string_view unit = text.substr(0, text.find_first_of("0123456789."));
    const auto* known =
        std::ranges::find(kUnits, unit, [](const auto& each) { return each.first; });
    if (!amount || known == std::end(kUnits)) return std::nullopt;
    total += *amount * known->second;
    text.remove_prefix(unit.size());
  }
  if (total > kMax) return std::nullopt;
  return std::llround(total);
}

}  // namespace weir::query::search
