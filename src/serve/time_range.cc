// SPDX-License-Identifier: Apache-2.0
#include "serve/time_range.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>

#include "query/search/number_text.h"
#include "serve/time_parameter.h"

namespace weir::serve {
namespace {

constexpr int64_t kHourNanos = 3'600'000'000'000;
constexpr int64_t kNanosPerMicro = 1'000;

/// Nothing where `text` is no time that is counted from now.
std::optional<int64_t> RelativeTime(std::string_view text, int64_t now_unix_nano) {
  constexpr std::string_view kNow = "now";
  const bool has_now = text.starts_with(kNow);
  if (has_now) text.remove_prefix(kNow.size());
  if (text.empty()) return has_now ? std::optional(now_unix_nano) : std::nullopt;
  const bool is_before = text[0] == '-';
  // A plus that was not escaped comes as a space.
  if (!is_before && text[0] != '+' && text[0] != ' ') return std::nullopt;
  const auto distance = query::search::ParseDuration(text.substr(1));
  if (!distance || *distance > now_unix_nano) return std::nullopt;
  return is_before ? now_unix_nano - *distance : now_unix_nano + *distance;
}

Result<int64_t> TimeIn(const Call& call, std::string_view name, int64_t otherwise,
                       int64_t now_unix_nano) {
  const auto text = call.parameters.Find(name);
  if (!text || text->empty()) return otherwise;
  if (const auto relative = RelativeTime(*text, now_unix_nano)) return *relative;
  const auto time = ParseTime(name, *text);
  if (time.ok()) return time;
  return Error(ErrorKind::kBadRequest,
               fmt::format("{}, nor like -1h or now", time.status().message()));
}

}  // namespace

Result<query::search::TimeWindow> TimeRangeIn(const Call& call, int64_t now_unix_nano) {
  const int64_t to = TRY(TimeIn(call, "to", now_unix_nano, now_unix_nano));
  const int64_t hour_before = std::max(to, INT64_MIN + kHourNanos) - kHourNanos;
  const int64_t from = TRY(TimeIn(call, "from", hour_before, now_unix_nano));
  if (from >= to) return Error(ErrorKind::kBadRequest, "from has to be before to");
  // Rows have microseconds: what is after `from` and before `to` is within.
  const auto ceil = [](int64_t nanos) {
    return nanos / kNanosPerMicro + (nanos % kNanosPerMicro > 0 ? 1 : 0);
  };
  return query::search::TimeWindow{.from_us = ceil(from), .to_us = ceil(to)};
}

}  // namespace weir::serve
