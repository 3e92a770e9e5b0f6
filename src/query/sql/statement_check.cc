// SPDX-License-Identifier: Apache-2.0
#include "query/sql/statement_check.h"

#include <fmt/format.h>

#include <duckdb/common/exception.hpp>
#include <duckdb/common/string_util.hpp>
#include <duckdb/parser/expression/function_expression.hpp>
#include <duckdb/parser/expression/subquery_expression.hpp>
#include <duckdb/parser/parsed_expression_iterator.hpp>
#include <duckdb/parser/query_node.hpp>
#include <duckdb/parser/statement/explain_statement.hpp>
#include <duckdb/parser/statement/select_statement.hpp>
#include <duckdb/parser/tableref/at_clause.hpp>
#include <duckdb/parser/tableref/basetableref.hpp>
#include <duckdb/parser/tableref/showref.hpp>
#include <duckdb/parser/tableref/table_function_ref.hpp>
#include <optional>

#include "query/sql/table_scan.h"

namespace weir::query::sql {
namespace {

using duckdb::ParsedExpression;
using duckdb::ParsedExpressionIterator;
using duckdb::StringUtil;
using duckdb::TableRef;

// They tell or change what is beside the query: settings, variables, sequences, logs, plans of
// other text; or they make a thread wait.
const std::set<std::string> kScalarsRefused = {"current_setting",
                                               "getvariable",
                                               "getenv",
                                               "write_log",
                                               "sleep_ms",
                                               "pg_sleep",
                                               "nextval",
                                               "currval",
                                               "json_serialize_plan",
                                               "json_deserialize_sql",
                                               "json_execute_serialized_sql",
                                               "set_config"};

// They make rows of their arguments.
const std::set<std::string> kTablesAllowed = {"range",      "generate_series", "unnest",   "repeat",
                                              "repeat_row", "json_each",       "json_tree"};

/// Walks one statement. One thread.
class Walk {
 public:
  void Node(duckdb::QueryNode& node) {
    ParsedExpressionIterator::EnumerateQueryNodeChildren(
        node, [this](duckdb::unique_ptr<ParsedExpression>& child) { Expression(*child); },
        [this](TableRef& ref) { Table(ref); });
  }
  std::optional<Status> problem;
  StatementFacts facts;

 private:
  void Refuse(std::string message) {
    if (!problem) problem = Error(ErrorKind::kBadRequest, std::move(message));
  }

  void Expression(ParsedExpression& expression) {
    if (expression.GetExpressionClass() == duckdb::ExpressionClass::FUNCTION) {
      const auto& function = expression.Cast<duckdb::FunctionExpression>();
      const std::string name = StringUtil::Lower(function.function_name);
      if (!IsScalarFunctionAllowed(name)) {
        Refuse(fmt::format("the function {} is not available here", name));
      }
    }
    if (expression.GetExpressionClass() == duckdb::ExpressionClass::SUBQUERY) {
      Node(*expression.Cast<duckdb::SubqueryExpression>().subquery->node);
    }
    ParsedExpressionIterator::EnumerateChildren(
        expression, [this](ParsedExpression& child) { Expression(child); });
  }

  void Table(TableRef& ref) {
    if (ref.type == duckdb::TableReferenceType::BASE_TABLE) {
      return Named(ref.Cast<duckdb::BaseTableRef>());
    }
    if (ref.type == duckdb::TableReferenceType::SHOW_REF) {
      auto& show = ref.Cast<duckdb::ShowRef>();
      if (show.query != nullptr) return Node(*show.query);
      return Refuse(
          "only DESCRIBE SELECT … and SUMMARIZE SELECT … say what there is; "
          "`weir table ls` lists the tables");
    }
    if (ref.type != duckdb::TableReferenceType::TABLE_FUNCTION) return;
    const auto& function = *ref.Cast<duckdb::TableFunctionRef>().function;
    const std::string name =
        function.GetExpressionClass() == duckdb::ExpressionClass::FUNCTION
            ? StringUtil::Lower(function.Cast<duckdb::FunctionExpression>().function_name)
            : "";
    if (kTablesAllowed.contains(name)) return;
    Refuse(
        fmt::format("the table function {} is not available here: queries read Weir's tables "
                    "alone, no files, addresses or settings",
                    name));
  }

  void Named(duckdb::BaseTableRef& ref) {
    const std::string schema =
        ref.schema_name.empty() ? kDefaultSchema : StringUtil::Lower(ref.schema_name);
    facts.schemas.insert(schema);
    if (ref.at_clause == nullptr) return;
    NamedTable table{.name = {schema, StringUtil::Lower(ref.table_name)},
                     .unit = StringUtil::Lower(ref.at_clause->Unit()),
                     .version = std::move(ref.at_clause->ExpressionMutable())};
    ref.at_clause = nullptr;
    Expression(*table.version);
    if (table.unit != "version" && table.unit != "timestamp") {
      return Refuse(
          fmt::format("AT ({} => …): a version is chosen by VERSION or TIMESTAMP", table.unit));
    }
    if (ref.alias.empty()) ref.alias = ref.table_name;
    ref.catalog_name.clear();
    ref.schema_name.clear();
    ref.table_name = fmt::format("{}@{}", table.name.ToString(), facts.versions.size());
    facts.versions.emplace(ref.table_name, std::move(table));
  }
};

Status RefusedStatement(duckdb::StatementType type) {
  return Error(ErrorKind::kBadRequest,
               fmt::format("{} is not possible here: only SELECT is, and EXPLAIN SELECT",
                           duckdb::StatementTypeToString(type)));
}

}  // namespace

bool IsScalarFunctionAllowed(const std::string& name) { return !kScalarsRefused.contains(name); }

bool IsTableFunctionAllowed(const std::string& name) {
  return name == kScanFunction || kTablesAllowed.contains(name);
}

Result<StatementFacts> CheckStatement(duckdb::SQLStatement& statement) {
  duckdb::SQLStatement* inner = &statement;
  if (inner->type == duckdb::StatementType::EXPLAIN_STATEMENT) {
    inner = inner->Cast<duckdb::ExplainStatement>().stmt.get();
  }
  if (inner->type != duckdb::StatementType::SELECT_STATEMENT) return RefusedStatement(inner->type);
  Walk walk;
  try {
    walk.Node(*inner->Cast<duckdb::SelectStatement>().node);
  } catch (const duckdb::Exception& failure) {
    return Error(ErrorKind::kBadRequest, fmt::format("this kind of query is not possible here: {}",
                                                     duckdb::ErrorData(failure).RawMessage()));
  }
  if (walk.problem) return *walk.problem;
  return std::move(walk.facts);
}

}  // namespace weir::query::sql
