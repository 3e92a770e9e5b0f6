// SPDX-License-Identifier: Apache-2.0
#pragma once
// A point in time as people and programs write it in a URL.

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace weir::serve {

/// Nanoseconds since the epoch, of such a number or of a time in UTC: `2026-11-20`,
/// `2026-11-20T14:16:13Z`, with a fraction of up to nine digits or without. `name`: the
/// parameter's, for the message. Errors: kBadRequest; years are 1678 to 2261.
Result<int64_t> ParseTime(std::string_view name, std::string_view text);

}  // namespace weir::serve
