// SPDX-License-Identifier: Apache-2.0
#pragma once
// What people ask of maintenance: `/api/v1/maintain…`.

#include "base/clock.h"
#include "catalog/catalog.h"
#include "catalog/forget_requests.h"
#include "maintain/operations.h"
#include "serve/router.h"

namespace weir::serve {

/// Outlive the router. Null: the server has none of it.
struct MaintainSource {
  maintain::Operations* operations = nullptr;
  catalog::ForgetRequests* forget_requests = nullptr;
};

/// Adds POST `compact`, `expire`, `gc` and `forget`, whose bodies are JSON and whose answers name
/// an operation or a request to forget, and GET `operations/{}`, `forget` and `forget/{}`, which
/// say how these are. A POST has to say that it is JSON, which no foreign page in a browser can do.
void AddMaintainRoutes(Router& router, const MaintainSource& source,
                       const catalog::Catalog& catalog, const Clock& clock);

}  // namespace weir::serve
