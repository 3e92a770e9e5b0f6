// SPDX-License-Identifier: Apache-2.0
#pragma once
// The REST catalog's routes about namespaces.

#include "serve/iceberg/lake.h"
#include "serve/router.h"

namespace weir::serve::iceberg {

Result<net::Response> AnswerNamespaces(const Lake& lake, const Call& call);
Result<net::Response> AnswerNamespace(const Lake& lake, const Call& call);
Result<net::Response> AnswerNamespaceExists(const Lake& lake, const Call& call);
Result<net::Response> CreateNamespace(const Lake& lake, const Call& call);
Result<net::Response> DropNamespace(const Lake& lake, const Call& call);
Result<net::Response> UpdateProperties(const Lake& lake, const Call& call);

/// The properties of the namespace. Errors: Problem 404.
Result<catalog::Properties> FindNamespace(const Lake& lake, const catalog::Namespace& levels);

}  // namespace weir::serve::iceberg
