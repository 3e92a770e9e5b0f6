// SPDX-License-Identifier: Apache-2.0
#include "serve/time_parameter.h"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <optional>

#include "base/dates.h"

namespace weir::serve {
namespace {

/// Takes a number of exactly `digits` digits off the front.
std::optional<int> TakeNumber(std::string_view& text, size_t digits) {
  int number = 0;
  if (text.size() < digits) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + digits, number);
  if (error != std::errc() || end != text.data() + digits || number < 0) return std::nullopt;
  text.remove_prefix(digits);
  return number;
}

bool TakeSign(std::string_view& text, char sign) {
  if (!text.starts_with(sign)) return false;
  text.remove_prefix(1);
  return true;
}

/// Days since the epoch, of `2026-11-20` at the front, as far as nanoseconds reach.
std::optional<int64_t> TakeDay(std::string_view& text) {
  constexpr std::string_view kFirst = "1678", kLast = "2261", kForm = "2026-11-20";
  const std::string_view year = text.substr(0, kFirst.size());
  const auto days = ParseDate(text.substr(0, kForm.size()));
  if (!days || year < kFirst || year > kLast) return std::nullopt;
  text.remove_prefix(kForm.size());
  return *days;
}

/// Nanoseconds of `T14:16:13.123Z`.
std::optional<int64_t> TakeClock(std::string_view& text) {
  int64_t seconds = 0;
  for (const auto& [sign, limit] : {std::pair('T', 24), std::pair(':', 60), std::pair(':', 60)}) {
    if (!TakeSign(text, sign)) return std::nullopt;
    const auto number = TakeNumber(text, 2);
    if (!number || *number >= limit) return std::nullopt;
    seconds = seconds * 60 + *number;
  }
  int64_t nanos = 0;
  if (TakeSign(text, '.')) {
    int64_t unit = 100'000'000;
    for (; !text.empty() && text[0] >= '0' && text[0] <= '9' && unit > 0; unit /= 10) {
      nanos += (text[0] - '0') * unit;
      text.remove_prefix(1);
    }
  }
  if (!TakeSign(text, 'Z')) return std::nullopt;
  return seconds * 1'000'000'000 + nanos;
}

}  // namespace

Result<int64_t> ParseTime(std::string_view name, std::string_view text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size()) return number;
  std::string_view rest = text;
  constexpr int64_t kDayNanos = 86'400'000'000'000;
  if (const auto day = TakeDay(rest)) {
    if (rest.empty()) return *day * kDayNanos;
    const auto clock = TakeClock(rest);
    if (clock && rest.empty()) return *day * kDayNanos + *clock;
  }
  return Error(ErrorKind::kBadRequest,
               fmt::format("{} must be nanoseconds since 1970 or a time in UTC like "
                           "2026-11-20T14:16:13Z, not `{}`",
                           name, text.substr(0, 40)));
}

}  // namespace weir::serve
