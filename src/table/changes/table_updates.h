// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a commit of the REST catalog asks of a table, applied to its metadata document.

#include <cstdint>
#include <string>

#include "table/changes/json_object.h"

namespace weir::table::changes {

/// A table as its metadata file has it.
struct TableState {
  Json document;
  std::string metadata_location;
};

/// Checks the list `requirements` against `document`, which is null where the table does not exist.
/// Errors: kConflict naming what is not as required; kBadRequest for a requirement that does not
/// exist.
Status CheckTableRequirements(const Json* document, const Json& requirements);

/// `base` after the list `updates`, `now_ms` being the time of the change. What this server does
/// not know in the document stays. Returns the document unchanged where nothing changes it. Errors:
/// kBadRequest for an update that does not exist or can't be done; kConflict for one made for an
/// older state.
Result<Json> UpdatedTable(const TableState& base, const Json& updates, int64_t now_ms);

/// The first document of a table that `updates` alone describe. It has the uuid and the location
/// that they name. Errors: as UpdatedTable.
Result<Json> TableFrom(const Json& updates, int64_t now_ms);

}  // namespace weir::table::changes
