// SPDX-License-Identifier: Apache-2.0
#pragma once
// What creating and registering have in common, for tables and views.

#include <string>

#include "serve/iceberg/lake.h"
#include "serve/iceberg/problem.h"
#include "serve/router.h"

namespace weir::serve::iceberg {

constexpr Meaning kCreating{.not_found = "NoSuchNamespaceException",
                            .conflict = "AlreadyExistsException"};

/// The name in `body` that a new object gets in the namespace of the path. Errors: Problems 403,
/// 404 and, where the name is taken, 409.
Result<catalog::ObjectName> NewName(const Lake& lake, const Call& call,
                                    const table::changes::Json& body, catalog::ObjectKind kind);

/// A metadata file that a client wants to register. Errors: kBadRequest where it is missing or lies
/// in no folder that this catalog gave.
Result<std::string> ReadRegistered(const Lake& lake, const std::string& metadata_location);
/// Errors: kBadRequest where `location` is no folder that this catalog gave.
Status CheckRegisteredLocation(const Lake& lake, const std::string& location);

/// `updates` without `set-location`: where an object's files are is the catalog's choice, and its
/// answer says so.
table::changes::Json WithoutLocation(const table::changes::Json& updates);

}  // namespace weir::serve::iceberg
