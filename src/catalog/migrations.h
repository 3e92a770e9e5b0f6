// SPDX-License-Identifier: Apache-2.0
#pragma once
// The catalog database's schema, and the steps from each older one to today's.

#include "base/result.h"
#include "catalog/sqlite.h"

namespace weir::catalog {

/// Brings an empty or older database to today's schema, all steps or none.
/// Errors: kBadRequest when it is another program's database or from a newer version.
Status Migrate(sqlite::Database& database);

}  // namespace weir::catalog
