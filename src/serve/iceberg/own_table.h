// SPDX-License-Identifier: Apache-2.0
#pragma once
// Commits of engines to Weir's own tables: appends and alterations, each in its file; anything else
// is refused with its reason.

#include "serve/iceberg/lake.h"
#include "serve/router.h"
#include "table/changes/json_object.h"

namespace weir::serve::iceberg {

/// What is asked of one of Weir's tables. Borrowed for the call.
struct OwnChange {
  const catalog::ObjectName& name;
  const table::changes::Json& requirements;
  const table::changes::Json& updates;
  bool is_transaction = false;  // Answered without the table.
};

/// `name` has one level.
catalog::TableName OwnName(const catalog::ObjectName& name);

/// Whether the name is that of a table of Weir's, so that commits to it go here.
Result<bool> IsOwnTable(const Lake& lake, const catalog::ObjectName& name);

/// Does it and answers with the table as it is then. Errors: as AppendToTable's and AlterOwn's.
Result<net::Response> ChangeOwnTable(const Lake& lake, const OwnChange& change);

}  // namespace weir::serve::iceberg
