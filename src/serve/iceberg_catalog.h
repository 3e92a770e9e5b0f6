// SPDX-License-Identifier: Apache-2.0
#pragma once
// The reading side of Iceberg's REST catalog, for Spark, Trino, DuckDB, PyIceberg and their like.

#include <string>

#include "serve/router.h"
#include "serve/table_source.h"

namespace weir::serve {

/// Adds the routes below `/iceberg/v1`, each also below `/iceberg/v1/<catalog_name>`, which some
/// clients prefix. `tables` is borrowed for as long as `router` lives. Source: apache/iceberg
/// open-api/rest-catalog-open-api.yaml.
void AddIcebergRoutes(Router& router, const TableSource& tables, const std::string& catalog_name);

}  // namespace weir::serve
