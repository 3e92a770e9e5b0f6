// SPDX-License-Identifier: Apache-2.0
#pragma once
// A table's metadata document as a whole: what it must have, and the shape it is kept in.

#include "table/changes/json_object.h"

namespace weir::table::changes {

/// The document with what format version 1 writes in older places moved to where later ones have
/// it. Errors: kBadRequest where it is no metadata of an Iceberg table of version 1 to 3, naming
/// what is missing, malformed or refers to nothing.
Result<Json> CheckedTable(Json document);

/// What version 1 readers look for beside the lists; nothing where the version is later.
Status AddOlderMembers(Json& document);

}  // namespace weir::table::changes
