// SPDX-License-Identifier: Apache-2.0
#pragma once
// How the server is: for probes, for Prometheus, for people.

#include <chrono>

#include "base/clock.h"
#include "serve/router.h"
#include "serve/server_facts.h"

namespace weir::serve {

/// Adds `/live`, `/ready`, `/metrics` and `/api/v1/status`. All is borrowed for as long as `router`
/// lives.
void AddHealthRoutes(Router& router, const ServerFacts& facts, const Clock& clock);

}  // namespace weir::serve
