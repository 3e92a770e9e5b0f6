// SPDX-License-Identifier: Apache-2.0
#pragma once
// Loading one table through the Iceberg REST catalog.

#include "serve/router.h"
#include "serve/table_source.h"

namespace weir::serve {

/// The table's metadata, or 304 where the client has it already. Arguments: namespace, table.
Result<net::Response> AnswerTable(const TableSource& tables, const Call& call);

/// 204 or 404.
Result<net::Response> AnswerTableExists(const TableSource& tables, const Call& call);

}  // namespace weir::serve
