// SPDX-License-Identifier: Apache-2.0
#pragma once
// Engines' ALTER TABLE on Weir's own tables: what both formats can take of it, the rest refused
// with what to do instead.

#include "serve/iceberg/own_table.h"
#include "table/alteration.h"
#include "table/changes/json_object.h"

namespace weir::serve::iceberg {

/// Whether the updates change what a table is, not what is in it.
bool IsAlteration(const table::changes::Json& updates);

/// What makes `base` the document that an engine made of it. Pure. Errors: kBadRequest for what the
/// table can't become.
Result<table::Alteration> AlterationOf(const table::changes::Json& base,
                                       const table::changes::Json& wanted);

/// Errors: Problems 400, 404 and 409; those of Lake::alter.
Status AlterOwn(const Lake& lake, const OwnChange& change);

}  // namespace weir::serve::iceberg
