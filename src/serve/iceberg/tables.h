// SPDX-License-Identifier: Apache-2.0
#pragma once
// The REST catalog's routes about tables as names: list, create, register, rename, drop.

#include "serve/iceberg/lake.h"
#include "serve/router.h"

namespace weir::serve::iceberg {

Result<net::Response> AnswerTables(const Lake& lake, const Call& call);
/// With `stage-create`, the answer shows what the table would be, and nothing is kept of it.
Result<net::Response> CreateTable(const Lake& lake, const Call& call);
/// With `overwrite`, in the place of a table of that name.
Result<net::Response> RegisterTable(const Lake& lake, const Call& call);
Result<net::Response> DropTable(const Lake& lake, const Call& call);
/// The table or view in the body, by `kind`.
Result<net::Response> RenameObject(const Lake& lake, const Call& call, catalog::ObjectKind kind);

}  // namespace weir::serve::iceberg
