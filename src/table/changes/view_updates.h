// SPDX-License-Identifier: Apache-2.0
#pragma once
// Views: their first metadata document, and what a commit of the REST catalog asks of one.

#include <cstdint>

#include "table/changes/json_object.h"
#include "table/changes/new_table.h"

namespace weir::table::changes {

/// `request`: a CreateViewRequest of the REST catalog. Errors: kBadRequest.
Result<Json> NewView(const Json& request, const Birth& birth);

/// Errors: as CheckTableRequirements.
Status CheckViewRequirements(const Json& document, const Json& requirements);

/// As UpdatedTable; views have no log of metadata files.
Result<Json> UpdatedView(const Json& base, const Json& updates, int64_t now_ms);

/// Errors: kBadRequest where `document` is no metadata of a view.
Status CheckView(const Json& document);

}  // namespace weir::table::changes
