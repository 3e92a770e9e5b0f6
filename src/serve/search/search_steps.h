// SPDX-License-Identifier: Apache-2.0
#pragma once
// A search in the steps in which it is run: what SearchSql says in one statement, without reading
// wide columns or the spans of traces that are not shown.

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "base/result.h"
#include "query/search/statement.h"
#include "query/sql/engine.h"

namespace weir::serve {

struct SearchStep {
  const query::search::Scope& scope;
  query::search::Order order = query::search::Order::kNewest;
  int64_t limit = 0;
};

// More than the window that an index or other rows say: log records of a trace may lie outside it,
// and spans may come that the trace index does not know.
inline constexpr int64_t kAroundTraceMicros = int64_t{600} * 1'000'000;

/// JSON as RunToJson gives it; `is_cut` where there are more than `limit`. Errors: the engine's.
Result<std::string> SearchRows(query::sql::Engine& engine, const SearchStep& asked,
                               nlohmann::ordered_json facts);
/// The same for traces.
Result<std::string> SearchTraces(query::sql::Engine& engine, const SearchStep& asked,
                                 nlohmann::ordered_json facts);

}  // namespace weir::serve
