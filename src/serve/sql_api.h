// SPDX-License-Identifier: Apache-2.0
#pragma once
// `/api/sql`: queries, those that run, and their end.

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "query/sql/engine.h"
#include "serve/router.h"

namespace weir::serve {

/// Adds POST `/api/sql`, whose body is a statement or JSON with `query` and perhaps `id`,
/// `rows_max` and `time_max_ms`, and whose answer is JSON, CSV or an Arrow stream as `Accept` says;
/// GET
/// `/api/sql`, the queries that run; DELETE `/api/sql/{id}`, which ends one. `engine` outlives the
/// router. `cancel_waiting`: ends one that waits for its turn; false where there is none.
void AddSqlRoutes(Router& router, query::sql::Engine& engine,
                  std::function<bool(const std::string& id)> cancel_waiting = {});

/// What a query read, as answers say it.
nlohmann::ordered_json ScannedFacts(const query::sql::Scanned& scanned);

}  // namespace weir::serve
