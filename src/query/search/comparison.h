// SPDX-License-Identifier: Apache-2.0
#pragma once
// One key compared with one value, as SQL.

#include <string>
#include <string_view>

#include "base/result.h"
#include "query/search/expression.h"
#include "query/search/field.h"

namespace weir::query::search {

/// `term`: of kind kField, read from `query`. Errors: kBadRequest with the place of what does not
/// fit.
Result<std::string> ComparisonSql(Subject subject, std::string_view query, const Expression& term);

/// Whether `text` has `digits` hex digits and nothing else.
bool IsHexId(std::string_view text, size_t digits);
std::string ToLower(std::string_view text);

}  // namespace weir::query::search
