// SPDX-License-Identifier: Apache-2.0
#pragma once
// Iceberg's REST catalog, for Spark, Trino, DuckDB, PyIceberg and their like.

#include <string>

#include "serve/iceberg/lake.h"
#include "serve/router.h"

namespace weir::serve::iceberg {

/// Adds the routes below `/iceberg/v1`, each also below `/iceberg/v1/<catalog_name>`, which some
/// clients prefix. Source: apache/iceberg open-api/rest-catalog-open-api.yaml.
void AddRoutes(Router& router, const Lake& lake, const std::string& catalog_name);

}  // namespace weir::serve::iceberg
