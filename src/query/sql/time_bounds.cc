// SPDX-License-Identifier: Apache-2.0
#include "query/sql/time_bounds.h"

#include <cstdint>
#include <duckdb/common/types/interval.hpp>
#include <duckdb/common/types/timestamp.hpp>
#include <duckdb/planner/expression/bound_between_expression.hpp>
#include <duckdb/planner/expression/bound_comparison_expression.hpp>
#include <duckdb/planner/expression/bound_constant_expression.hpp>
#include <duckdb/planner/expression/bound_function_expression.hpp>
#include <optional>

namespace weir::query::sql {
namespace {

using duckdb::Expression;
using duckdb::ExpressionType;
using duckdb::Interval;
using duckdb::LogicalTypeId;
using Filters = duckdb::vector<duckdb::unique_ptr<Expression>>;

/// A column rounded down, to steps of at most `width_us`.
struct Rounded {
  const Expression* column = nullptr;
  int64_t width_us = 0;
};

const duckdb::Value* ConstantOf(const Expression& expression) {
  if (expression.GetExpressionClass() != duckdb::ExpressionClass::BOUND_CONSTANT) return nullptr;
  const duckdb::Value& value = expression.Cast<duckdb::BoundConstantExpression>().value;
  return value.IsNull() ? nullptr : &value;
}

/// Of `time_bucket`'s first argument. Months have no width.
std::optional<int64_t> WidthOf(const duckdb::Value& interval) {
  if (interval.type().id() != LogicalTypeId::INTERVAL) return std::nullopt;
  const auto width = interval.GetValue<duckdb::interval_t>();
  if (width.months != 0) return std::nullopt;
  return width.days * Interval::MICROS_PER_DAY + width.micros;
}

bool IsTime(const Expression& expression) {
  const LogicalTypeId type = expression.return_type.id();
  return type == LogicalTypeId::TIMESTAMP || type == LogicalTypeId::TIMESTAMP_TZ;
}

std::optional<Rounded> RoundedIn(const Expression& expression) {
  if (expression.GetExpressionClass() != duckdb::ExpressionClass::BOUND_FUNCTION) return {};
  const auto& call = expression.Cast<duckdb::BoundFunctionExpression>();
  if (call.children.size() != 2 || !IsTime(expression)) return {};
  const Expression& column = *call.children[1];
  const duckdb::Value* step = ConstantOf(*call.children[0]);
  if (step == nullptr || !IsTime(column) || column.type != ExpressionType::BOUND_COLUMN_REF) {
    return {};
  }
  if (call.function.name != "time_bucket") return {};
  const auto width = WidthOf(*step);
  if (!width || *width <= 0) return {};
  return Rounded{&column, *width};
}

/// `rounded` compared with `bound`: what follows for the column. It is at least what it was rounded
/// to, and less than a step more.
void AddBound(const Rounded& rounded, ExpressionType comparison, const duckdb::Value& bound,
              Filters& bounds) {
  duckdb::Value limit = bound;
  ExpressionType follows = ExpressionType::COMPARE_GREATERTHANOREQUALTO;
  if (comparison == ExpressionType::COMPARE_LESSTHAN ||
      comparison == ExpressionType::COMPARE_LESSTHANOREQUALTO) {
    follows = ExpressionType::COMPARE_LESSTHAN;
    const int64_t at = bound.GetValueUnsafe<int64_t>();
    if (at > INT64_MAX - rounded.width_us) return;
    limit = bound.type().id() == LogicalTypeId::TIMESTAMP_TZ
                ? duckdb::Value::TIMESTAMPTZ(duckdb::timestamp_tz_t(at + rounded.width_us))
                : duckdb::Value::TIMESTAMP(duckdb::timestamp_t(at + rounded.width_us));
  }
  bounds.push_back(duckdb::make_uniq<duckdb::BoundComparisonExpression>(
      follows, rounded.column->Copy(),
      duckdb::make_uniq<duckdb::BoundConstantExpression>(std::move(limit))));
}

void AddBounds(const Expression& rounding, ExpressionType comparison, const Expression& constant,
               Filters& bounds) {
  const auto rounded = RoundedIn(rounding);
  const duckdb::Value* bound = ConstantOf(constant);
  if (!rounded || bound == nullptr || bound->type() != rounded->column->return_type) return;
  if (comparison == ExpressionType::COMPARE_EQUAL) {
    AddBound(*rounded, ExpressionType::COMPARE_GREATERTHANOREQUALTO, *bound, bounds);
    AddBound(*rounded, ExpressionType::COMPARE_LESSTHANOREQUALTO, *bound, bounds);
    return;
  }
  const bool is_range = comparison == ExpressionType::COMPARE_GREATERTHAN ||
                        comparison == ExpressionType::COMPARE_GREATERTHANOREQUALTO ||
                        comparison == ExpressionType::COMPARE_LESSTHAN ||
                        comparison == ExpressionType::COMPARE_LESSTHANOREQUALTO;
  if (is_range) AddBound(*rounded, comparison, *bound, bounds);
}

}  // namespace

void AddTimeBounds(Filters& filters) {
  Filters bounds;
  for (const auto& filter : filters) {
    if (filter->GetExpressionClass() == duckdb::ExpressionClass::BOUND_COMPARISON) {
      const auto& comparison = filter->Cast<duckdb::BoundComparisonExpression>();
      AddBounds(*comparison.left, comparison.type, *comparison.right, bounds);
      AddBounds(*comparison.right, duckdb::FlipComparisonExpression(comparison.type),
                *comparison.left, bounds);
    }
    if (filter->GetExpressionClass() == duckdb::ExpressionClass::BOUND_BETWEEN) {
      const auto& between = filter->Cast<duckdb::BoundBetweenExpression>();
      AddBounds(*between.input, between.LowerComparisonType(), *between.lower, bounds);
      AddBounds(*between.input, between.UpperComparisonType(), *between.upper, bounds);
    }
  }
  for (auto& bound : bounds) filters.push_back(std::move(bound));
}

}  // namespace weir::query::sql
