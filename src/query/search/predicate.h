// SPDX-License-Identifier: Apache-2.0
#pragma once
// A query as a condition on the rows of a table.

#include <string>
#include <string_view>

#include "base/result.h"
#include "query/search/expression.h"
#include "query/search/field.h"

namespace weir::query::search {

/// A condition of SQL on single rows, in brackets where OR needs them; `true` where the query
/// matches everything. What a row has no value for is neither equal, less nor greater, and NOT of
/// that is true. Pure. `query`: what `expression` was read from. Errors: kBadRequest with the place
/// of a value that its key can't have.
Result<std::string> ConditionOf(Subject subject, std::string_view query,
                                const Expression& expression);

/// The trace that every match is of, in lower case; empty where the query names no single one.
std::string TraceIdOf(Subject subject, const Expression& expression);

}  // namespace weir::query::search
