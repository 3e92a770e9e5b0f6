// SPDX-License-Identifier: Apache-2.0
#include "query/sql/plan_check.h"

#include <fmt/format.h>

#include <duckdb/optimizer/optimizer_extension.hpp>
#include <duckdb/planner/expression/bound_function_expression.hpp>
#include <duckdb/planner/expression_iterator.hpp>
#include <duckdb/planner/logical_operator_visitor.hpp>
#include <duckdb/planner/operator/logical_get.hpp>
#include <set>

#include "query/sql/session.h"
#include "query/sql/statement_check.h"

namespace weir::query::sql {
namespace {

using Type = duckdb::LogicalOperatorType;

// What only reads. Whatever a newer DuckDB adds is refused until it is looked at.
const std::set<Type> kAllowed = {Type::LOGICAL_PROJECTION,
                                 Type::LOGICAL_FILTER,
                                 Type::LOGICAL_AGGREGATE_AND_GROUP_BY,
                                 Type::LOGICAL_WINDOW,
                                 Type::LOGICAL_UNNEST,
                                 Type::LOGICAL_LIMIT,
                                 Type::LOGICAL_ORDER_BY,
                                 Type::LOGICAL_TOP_N,
                                 Type::LOGICAL_DISTINCT,
                                 Type::LOGICAL_SAMPLE,
                                 Type::LOGICAL_PIVOT,
                                 Type::LOGICAL_GET,
                                 Type::LOGICAL_CHUNK_GET,
                                 Type::LOGICAL_DELIM_GET,
                                 Type::LOGICAL_EXPRESSION_GET,
                                 Type::LOGICAL_DUMMY_SCAN,
                                 Type::LOGICAL_EMPTY_RESULT,
                                 Type::LOGICAL_CTE_REF,
                                 Type::LOGICAL_JOIN,
                                 Type::LOGICAL_DELIM_JOIN,
                                 Type::LOGICAL_COMPARISON_JOIN,
                                 Type::LOGICAL_ANY_JOIN,
                                 Type::LOGICAL_CROSS_PRODUCT,
                                 Type::LOGICAL_POSITIONAL_JOIN,
                                 Type::LOGICAL_ASOF_JOIN,
                                 Type::LOGICAL_DEPENDENT_JOIN,
                                 Type::LOGICAL_UNION,
                                 Type::LOGICAL_EXCEPT,
                                 Type::LOGICAL_INTERSECT,
                                 Type::LOGICAL_RECURSIVE_CTE,
                                 Type::LOGICAL_MATERIALIZED_CTE,
                                 Type::LOGICAL_EXPLAIN};

void CheckExpression(Session& session, const duckdb::Expression& expression) {
  if (expression.GetExpressionClass() == duckdb::ExpressionClass::BOUND_FUNCTION) {
    const auto& function = expression.Cast<duckdb::BoundFunctionExpression>();
    const std::string name = duckdb::StringUtil::Lower(function.function.name);
    if (!IsScalarFunctionAllowed(name)) {
      session.Fail(Error(ErrorKind::kBadRequest,
                         fmt::format("the function {} is not available here", name)));
    }
  }
  duckdb::ExpressionIterator::EnumerateChildren(
      expression, [&](const duckdb::Expression& child) { CheckExpression(session, child); });
}

void CheckPlan(Session& session, duckdb::LogicalOperator& plan) {
  if (!kAllowed.contains(plan.type)) {
    session.Fail(
        Error(ErrorKind::kBadRequest, fmt::format("{} is not possible here: only SELECT is",
                                                  duckdb::LogicalOperatorToString(plan.type))));
  }
  if (plan.type == Type::LOGICAL_GET) {
    const std::string name =
        duckdb::StringUtil::Lower(plan.Cast<duckdb::LogicalGet>().function.name);
    if (!IsTableFunctionAllowed(name)) {
      session.Fail(Error(ErrorKind::kBadRequest,
                         fmt::format("the table function {} is not available here", name)));
    }
  }
  duckdb::LogicalOperatorVisitor::EnumerateExpressions(
      plan, [&](duckdb::unique_ptr<duckdb::Expression>* expression) {
        CheckExpression(session, **expression);
      });
  for (const auto& child : plan.children) CheckPlan(session, *child);
}

void BeforeOptimizing(duckdb::OptimizerExtensionInput& input,
                      duckdb::unique_ptr<duckdb::LogicalOperator>& plan) {
  // Without a session it is what the engine itself prepares.
  if (Session* session = Session::Of(input.context)) CheckPlan(*session, *plan);
}

}  // namespace

void AddPlanCheck(duckdb::DBConfig& config) {
  duckdb::OptimizerExtension check;
  check.pre_optimize_function = BeforeOptimizing;
  duckdb::OptimizerExtension::Register(config, check);
}

}  // namespace weir::query::sql
