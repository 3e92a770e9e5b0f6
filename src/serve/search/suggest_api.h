// SPDX-License-Identifier: Apache-2.0
#pragma once
// `/api/v1/suggest`: keys and values to search for.

#include "query/search/key_catalogue.h"
#include "serve/router.h"

namespace weir::serve {

/// Adds GET `/api/v1/suggest`, which answers from memory. `catalogue` outlives the router.
void AddSuggestRoute(Router& router, const query::search::KeyCatalogue& catalogue);

}  // namespace weir::serve
