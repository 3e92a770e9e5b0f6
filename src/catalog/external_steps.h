// SPDX-License-Identifier: Apache-2.0
#pragma once
// One step of a change of the external catalog, inside a transaction that the caller holds.

#include "catalog/external_catalog.h"
#include "catalog/sqlite.h"

namespace weir::catalog {

/// Errors: as ExternalCatalog::Apply.
Status ApplyStep(sqlite::Database& database, const Step& step, int64_t now_ms);

std::string_view KindText(ObjectKind kind);

Result<std::optional<Properties>> SelectNamespace(sqlite::Database& database,
                                                  const Namespace& levels);
Result<std::optional<ObjectEntry>> SelectObject(sqlite::Database& database, const ObjectName& name);

}  // namespace weir::catalog
