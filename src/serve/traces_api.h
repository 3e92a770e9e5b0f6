// SPDX-License-Identifier: Apache-2.0
#pragma once
// `/api/v1/traces/{trace_id}`: all spans of a trace.

#include "query/trace/trace_lookup.h"
#include "serve/router.h"

namespace weir::serve {

/// `traces` outlives the router.
void AddTraceRoutes(Router& router, query::TraceLookup& traces);

}  // namespace weir::serve
