// SPDX-License-Identifier: Apache-2.0
#pragma once
// The release this is.

#include <string_view>

namespace weir {

inline constexpr std::string_view kVersion = "0.1.0";

}  // namespace weir
