// SPDX-License-Identifier: Apache-2.0
#include "table/scan/filter_value.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

#include "base/dates.h"

namespace weir::table::scan {
namespace {

using datafile::Bound;
using iceberg::LeafType;
using Json = nlohmann::ordered_json;

constexpr int64_t kUsASecond = 1'000'000, kUsADay = 86'400 * kUsASecond;
constexpr size_t kDateChars = 10;

/// Reads exactly `count` digits off the front.
std::optional<int64_t> TakeDigits(std::string_view& text, size_t count) {
  int64_t number = 0;
  if (text.size() < count) return std::nullopt;
  const auto parsed = std::from_chars(text.data(), text.data() + count, number);
  if (parsed.ptr != text.data() + count || text[0] == '-') return std::nullopt;
  text.remove_prefix(count);
  return number;
}

bool Take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

/// `.123456`; nothing where there are digits beyond.
std::optional<int64_t> TakeFraction(std::string_view& text) {
  if (!Take(text, '.')) return 0;
  int64_t us = 0, unit = kUsASecond / 10;
  bool has_digits = false;
  for (; !text.empty() && text[0] >= '0' && text[0] <= '9'; text.remove_prefix(1)) {
    if (unit == 0 && text[0] != '0') return std::nullopt;
    us += (text[0] - '0') * unit;
    unit /= 10;
    has_digits = true;
  }
  return has_digits ? std::optional(us) : std::nullopt;
}

/// µs to be taken off for the zone at the end of `text`.
std::optional<int64_t> TakeZone(std::string_view text) {
  if (text.empty() || text == "Z") return 0;
  const bool is_minus = text[0] == '-';
  if (!is_minus && text[0] != '+') return std::nullopt;
  text.remove_prefix(1);
  const auto hours = TakeDigits(text, 2);
  if (!hours || !Take(text, ':')) return std::nullopt;
  const auto minutes = TakeDigits(text, 2);
  if (!minutes || !text.empty()) return std::nullopt;
  const int64_t us = (*hours * 60 + *minutes) * 60 * kUsASecond;
  return is_minus ? -us : us;
}

/// `2026-11-20T10:20:30.123456+00:00`.
std::optional<Bound> TimeOf(std::string_view text) {
  const auto date = ParseDate(text.substr(0, kDateChars));
  if (!date || text.size() <= kDateChars || text[kDateChars] != 'T') return std::nullopt;
  text.remove_prefix(kDateChars + 1);
  const auto hours = TakeDigits(text, 2);
  if (!hours || !Take(text, ':')) return std::nullopt;
  const auto minutes = TakeDigits(text, 2);
  if (!minutes) return std::nullopt;
  int64_t seconds = 0;
  if (Take(text, ':')) {
    const auto read = TakeDigits(text, 2);
    if (!read) return std::nullopt;
    seconds = *read;
  }
  const auto fraction = TakeFraction(text);
  const auto zone = fraction ? TakeZone(text) : std::nullopt;
  if (!zone) return std::nullopt;
  return Bound(*date * kUsADay + ((*hours * 60 + *minutes) * 60 + seconds) * kUsASecond +
               *fraction - *zone);
}

std::optional<Bound> IntOf(const Json& json) {
  const bool fits = json.is_number_integer() &&
                    json.get<int64_t>() >= std::numeric_limits<int32_t>::min() &&
                    json.get<int64_t>() <= std::numeric_limits<int32_t>::max();
  return fits ? std::optional<Bound>(json.get<int32_t>()) : std::nullopt;
}

}  // namespace

std::optional<Bound> ValueOf(const Json& json, LeafType type, std::string_view name) {
  const bool is_number =
      json.is_number_integer() &&
      !(json.is_number_unsigned() && json.get<uint64_t>() > std::numeric_limits<int64_t>::max());
  if (type == LeafType::kBoolean && json.is_boolean()) return Bound(json.get<bool>());
  if (type == LeafType::kText && name == "string" && json.is_string()) {
    return Bound(json.get<std::string>());
  }
  if (type == LeafType::kDouble && json.is_number()) {
    const auto value = json.get<double>();
    return std::isnan(value) ? std::nullopt : std::optional<Bound>(value);
  }
  if (type == LeafType::kInt && name == "date" && json.is_string()) {
    const auto date = ParseDate(json.get_ref<const std::string&>());
    return date ? std::optional<Bound>(*date) : std::nullopt;
  }
  if (type == LeafType::kInt && is_number) return IntOf(json);
  if (type == LeafType::kLong && name != "long" && json.is_string()) {
    return TimeOf(json.get_ref<const std::string&>());
  }
  if (type == LeafType::kLong && is_number) return Bound(json.get<int64_t>());
  return std::nullopt;
}

}  // namespace weir::table::scan
