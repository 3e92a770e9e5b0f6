// SPDX-License-Identifier: Apache-2.0
#pragma once
// Commits to engines' tables: requirements are checked, updates applied, one transaction moves the
// pointers. Nothing is retried here: who loses a race is told, and makes the commit anew.

#include "serve/iceberg/lake.h"
#include "serve/router.h"

namespace weir::serve::iceberg {

/// One table; also the last step of a staged creation.
Result<net::Response> CommitTable(const Lake& lake, const Call& call);

/// Several tables, all or none.
Result<net::Response> CommitTransaction(const Lake& lake, const Call& call);

}  // namespace weir::serve::iceberg
