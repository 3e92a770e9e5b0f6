// SPDX-License-Identifier: Apache-2.0
#pragma once
// `/api/v1/search…`: spans, logs, metrics and traces by the search language; see docs/search.md.

#include "base/clock.h"
#include "query/sql/engine.h"
#include "serve/router.h"

namespace weir::serve {

/// Adds GET `/api/v1/search`, `/api/v1/search/histogram` and `/api/v1/search/facets`. The
/// references outlive the router.
void AddSearchRoutes(Router& router, query::sql::Engine& engine, const Clock& clock);

}  // namespace weir::serve
