// SPDX-License-Identifier: Apache-2.0
#pragma once
// Names from requests: in paths, where levels are joined by 0x1F, and in JSON.

#include "catalog/external_catalog.h"
#include "serve/router.h"
#include "table/changes/json_object.h"

namespace weir::serve::iceberg {

/// The namespace in the path's first argument.
catalog::Namespace NamespaceIn(const Call& call);
/// The object in the path's first two arguments.
catalog::ObjectName NameIn(const Call& call);

/// Errors of all below: kBadRequest for a name that no object can have: empty, longer than 255
/// bytes, not UTF-8 or with control characters.
Status CheckName(const std::string& name);
/// At least one level and at most 16.
Status CheckLevels(const catalog::Namespace& levels);
/// The list of levels `member` of `json`.
Result<catalog::Namespace> ReadNamespace(const table::changes::Json& json, std::string_view member);
/// A TableIdentifier: {"namespace": [...], "name": ...}.
Result<catalog::ObjectName> ReadIdentifier(const table::changes::Json& json);

/// The request's body as JSON, inflated where it came compressed. Errors: kBadRequest.
Result<table::changes::Json> BodyOf(const Call& call);

}  // namespace weir::serve::iceberg
