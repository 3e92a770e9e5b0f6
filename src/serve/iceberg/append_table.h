// SPDX-License-Identifier: Apache-2.0
#pragma once
// Commits of engines to Weir's own tables: appends are carried out, anything else is refused with
// its reason.

#include "serve/iceberg/lake.h"
#include "serve/router.h"

namespace weir::serve::iceberg {

/// What is asked of one of Weir's tables. Borrowed for the call.
struct OwnChange {
  const catalog::ObjectName& name;
  const table::changes::Json& requirements;
  const table::changes::Json& updates;
};

/// Whether the name is that of a table of Weir's, so that commits to it go here.
Result<bool> IsOwnTable(const Lake& lake, const catalog::ObjectName& name);

/// Does it and answers with the table as it is then. Errors: Problems 403 for what is no append,
/// 400 for an append that does not fit, 409 for one that must be made anew; kUnknownOutcome.
Result<net::Response> AppendToTable(const Lake& lake, const OwnChange& change);

}  // namespace weir::serve::iceberg
