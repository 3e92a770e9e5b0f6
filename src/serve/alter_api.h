// SPDX-License-Identifier: Apache-2.0
#pragma once
// What people change of Weir's own tables: `POST /api/v1/tables/{schema}/{name}/alter`.

#include <functional>

#include "catalog/catalog.h"
#include "serve/router.h"
#include "serve/table_source.h"
#include "table/alteration.h"

namespace weir::serve {

/// Makes a table become what the alteration says, in both formats at once. Any thread; waits for
/// the commit. Errors: kNotFound, kBadRequest and kConflict when nothing happened, others when it
/// may have. Outlives the router. Empty: the server alters no table.
using AlterTable = std::function<Status(const catalog::TableName&, table::Alteration)>;

/// The body is a JSON object with some of the members
///   add_columns: [{name, type, doc, attribute, from}], sort_order: [{column, descending}],
///   partition: ["hour(time)", …], set_properties: {…}, remove_properties: […],
/// and the answer what GET says of the table then. `from`: attributes, resource or scope. A POST
/// has to say that it is JSON, which no foreign page in a browser can do.
void AddAlterRoute(Router& router, const TableSource& tables, const AlterTable& alter);

}  // namespace weir::serve
