// SPDX-License-Identifier: Apache-2.0
#pragma once
// Counts and sizes in a query.

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "serve/router.h"

namespace weir::serve {

/// The parameter `name`, which is a number from 0 on; `otherwise` where it is not given. Errors:
/// kBadRequest.
Result<int64_t> NumberIn(const Call& call, std::string_view name, int64_t otherwise);

}  // namespace weir::serve
