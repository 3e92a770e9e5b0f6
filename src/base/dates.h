// SPDX-License-Identifier: Apache-2.0
#pragma once
// Days as text.

#include <cstdint>
#include <string>

namespace weir {

/// `2026-11-20` for days since the epoch; years have four digits at least.
std::string DateText(int32_t days);

}  // namespace weir
