// SPDX-License-Identifier: Apache-2.0
#pragma once
// Updates of how a table lays out its files: partition specs and sort orders.

#include "table/changes/draft.h"

namespace weir::table::changes {

Status AddSpec(Draft& draft, const Json& update);
Status SetDefaultSpec(Draft& draft, const Json& update);
Status RemovePartitionSpecs(Draft& draft, const Json& update);
Status AddSortOrder(Draft& draft, const Json& update);
Status SetDefaultSortOrder(Draft& draft, const Json& update);

/// Whether the default spec and order refer to columns that the current schema has.
/// Errors: kBadRequest naming the column that is missing.
Status CheckLayout(const Draft& draft);

}  // namespace weir::table::changes
