// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the routes of the search language share: reading what is asked for, running it, and telling
// a failure with its place.

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/result.h"
#include "query/search/statement.h"
#include "query/sql/engine.h"
#include "serve/router.h"

namespace weir::serve {

/// The parameters `signal`, `schema`, `prefix` and `q`, within `window`. Errors: kBadRequest, with
/// the place where it is in `q`.
Result<query::search::Scope> ScopeIn(const Call& call, const query::search::TimeWindow& window);

/// A number from 1 to `max`; `otherwise` where it is not given. Errors: kBadRequest.
Result<int64_t> NumberUpTo(const Call& call, std::string_view name, int64_t otherwise, int64_t max);

/// Runs a statement whose answer has at most `rows_max` rows: JSON with `columns`, `rows`, `facts`,
/// `is_cut`, `scanned` and `elapsed_ms`. Errors: the engine's.
Result<std::string> RunToJson(query::sql::Engine& engine, const std::string& sql, int64_t rows_max,
                              nlohmann::ordered_json facts);

/// The answer, or a failure as the routes tell it: with `position` where it has a place in `q`.
Result<net::Response> WithPosition(Result<net::Response> answer);

}  // namespace weir::serve
