// SPDX-License-Identifier: Apache-2.0
#pragma once
// The search language: `service:checkout duration>500ms (status:error OR "timed out")`. Its grammar
// is in docs/search.md.

#include <cstddef>
#include <string_view>

#include "base/result.h"
#include "query/search/expression.h"

namespace weir::query::search {

inline constexpr size_t kQueryBytesMax = 8 << 10;
inline constexpr size_t kTermsMax = 256;  // Keys with a value, and free texts.
inline constexpr int kDepthMax = 32;      // Of brackets and NOTs within each other.

/// Reads a query; an empty one matches everything. Pure. Errors: kBadRequest with what was expected
/// and the place, as problem.h has it.
Result<Expression> Parse(std::string_view query);

}  // namespace weir::query::search
