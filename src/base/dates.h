// SPDX-License-Identifier: Apache-2.0
#pragma once
// Days as text.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir {

/// `2026-11-20` for days since the epoch; years have four digits at least.
std::string DateText(int32_t days);

/// The other way; nothing where `text` is no day in that form, of years with four digits.
std::optional<int32_t> ParseDate(std::string_view text);

}  // namespace weir
