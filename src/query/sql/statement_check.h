// SPDX-License-Identifier: Apache-2.0
#pragma once
// What may be asked at all, seen before anything is looked up.

#include <duckdb/parser/sql_statement.hpp>
#include <set>
#include <string>

#include "base/result.h"
#include "query/sql/session.h"

namespace weir::query::sql {

/// Of a statement that may run.
struct StatementFacts {
  std::set<std::string> schemas;  // Of all tables that it names.
  VersionedTables versions;
};

/// One SELECT, or an EXPLAIN of one. The functions in it are those that neither read nor change
/// what is outside the query. Tables with an AT clause lose it, and get the names of `versions`.
/// Errors: kBadRequest saying what is not possible here.
Result<StatementFacts> CheckStatement(duckdb::SQLStatement& statement);

/// Whether queries may call it. Names in lower case.
bool IsScalarFunctionAllowed(const std::string& name);
bool IsTableFunctionAllowed(const std::string& name);

}  // namespace weir::query::sql
