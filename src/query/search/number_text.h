// SPDX-License-Identifier: Apache-2.0
#pragma once
// Numbers and durations as queries write them.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir::query::search {

/// `5`, `-0.25`, `1e6`: as SQL's literal, whole numbers of up to 18 digits exactly, others as
/// DOUBLE. Nothing where `text` is no finite number.
std::optional<std::string> NumberLiteral(std::string_view text);

/// Nanoseconds of `500ms`, `1.5s`, `2h`, `1m30s`: ns, us, µs, ms, s, m, h, d. Nothing where `text`
/// is none or too long for 64 bits.
std::optional<int64_t> ParseDuration(std::string_view text);

}  // namespace weir::query::search
