// SPDX-License-Identifier: Apache-2.0
#pragma once
// Tables for people and the command line: `/api/v1/tables…`.

#include "serve/router.h"
#include "serve/table_source.h"

namespace weir::serve {

/// Adds the list of tables, one table, its files and its snapshots.
/// `tables` is borrowed for as long as `router` lives. Ids that pass 2^53 go out as text.
void AddTableRoutes(Router& router, const TableSource& tables);

}  // namespace weir::serve
