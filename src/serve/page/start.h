// SPDX-License-Identifier: Apache-2.0
#pragma once
// What `GET /` says: what this is and the lines to paste.

#include "serve/router.h"
#include "serve/server_facts.h"

namespace weir::serve::page {

/// The web page for a browser, plain text for anything else. `facts` is borrowed for as long as
/// `router` lives.
void AddStart(Router& router, const ServerFacts& facts);

}  // namespace weir::serve::page
