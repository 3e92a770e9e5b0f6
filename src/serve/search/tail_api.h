// SPDX-License-Identifier: Apache-2.0
#pragma once
// `/api/v1/tail`: spans and log records as they come.

#include "base/clock.h"
#include "query/sql/engine.h"
#include "serve/router.h"

namespace weir::serve {

/// Adds GET `/api/v1/tail`, which waits for rows on a thread of those that wait. The references
/// outlive the router.
void AddTailRoute(Router& router, query::sql::Engine& engine, const Clock& clock);

}  // namespace weir::serve
