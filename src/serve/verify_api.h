// SPDX-License-Identifier: Apache-2.0
#pragma once
// Proofs that both formats say the same, for the command line: `/api/v1/verify…`.

#include "maintain/lake.h"
#include "serve/router.h"

namespace weir::serve {

/// Adds the names of all tables, the proof of one table (`?grace_s=`) and, in pieces of about two
/// seconds, the proof of its files' footers (`/footers?snapshot_id=&first=`), and that of its older
/// versions (`/history?grace_s=&trace_id=…`). What `lake` refers to outlives `router`.
void AddVerifyRoutes(Router& router, const maintain::Lake& lake);

}  // namespace weir::serve
