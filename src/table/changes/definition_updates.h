// SPDX-License-Identifier: Apache-2.0
#pragma once
// Updates of what a table is: identity, version, place, properties, schemas.

#include "table/changes/draft.h"

namespace weir::table::changes {

Status AssignUuid(Draft& draft, const Json& update);
Status UpgradeFormatVersion(Draft& draft, const Json& update);
Status SetLocation(Draft& draft, const Json& update);
Status SetProperties(Draft& draft, const Json& update);
Status RemoveProperties(Draft& draft, const Json& update);
Status AddSchema(Draft& draft, const Json& update);
/// With the types of that version of the format, whatever the document's own version counts.
Status AddSchemaOf(int64_t version, Draft& draft, const Json& update);
Status SetCurrentSchema(Draft& draft, const Json& update);
Status RemoveSchemas(Draft& draft, const Json& update);
Status AddEncryptionKey(Draft& draft, const Json& update);
Status RemoveEncryptionKey(Draft& draft, const Json& update);

}  // namespace weir::table::changes
