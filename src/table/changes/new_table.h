// SPDX-License-Identifier: Apache-2.0
#pragma once
// The first metadata document of a table that an engine asks for.

#include <cstdint>
#include <string>

#include "table/changes/json_object.h"

namespace weir::table::changes {

/// Chosen by the server.
struct Birth {
  std::string uuid;
  std::string location;
  int64_t now_ms = 0;
};

/// `request`: a CreateTableRequest of the REST catalog. Fields get new ids, from 1, and the
/// partition spec and sort order follow them. Errors: kBadRequest.
Result<Json> NewTable(const Json& request, const Birth& birth);

}  // namespace weir::table::changes
