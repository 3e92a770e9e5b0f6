// SPDX-License-Identifier: Apache-2.0
#include "query/sql/id_filter.h"

#include <duckdb/planner/filter/conjunction_filter.hpp>
#include <duckdb/planner/filter/constant_filter.hpp>
#include <duckdb/planner/filter/in_filter.hpp>
#include <duckdb/planner/filter/optional_filter.hpp>

namespace weir::query::sql {
namespace {

using Texts = std::optional<std::vector<std::string>>;

bool IsText(const duckdb::Value& value) {
  return !value.IsNull() && value.type().id() == duckdb::LogicalTypeId::VARCHAR;
}

Texts OfConstant(const duckdb::ConstantFilter& filter) {
  const bool is_equal = filter.comparison_type == duckdb::ExpressionType::COMPARE_EQUAL;
  if (!is_equal || !IsText(filter.constant)) return std::nullopt;
  return std::vector{filter.constant.GetValue<std::string>()};
}

Texts OfList(const duckdb::InFilter& filter) {
  std::vector<std::string> texts;
  for (const duckdb::Value& value : filter.values) {
    if (!IsText(value)) return std::nullopt;
    texts.push_back(value.GetValue<std::string>());
  }
  return texts;
}

}  // namespace

Texts TextsLeftBy(const duckdb::TableFilter& filter, size_t texts_max) {
  Texts texts;
  switch (filter.filter_type) {
    case duckdb::TableFilterType::CONSTANT_COMPARISON:
      texts = OfConstant(filter.Cast<duckdb::ConstantFilter>());
      break;
    case duckdb::TableFilterType::IN_FILTER: texts = OfList(filter.Cast<duckdb::InFilter>()); break;
    case duckdb::TableFilterType::OPTIONAL_FILTER: {
      // The filter itself is applied to the rows elsewhere.
      const auto& child = filter.Cast<duckdb::OptionalFilter>().child_filter;
      return child ? TextsLeftBy(*child, texts_max) : std::nullopt;
    }
    case duckdb::TableFilterType::CONJUNCTION_AND:
      for (const auto& child : filter.Cast<duckdb::ConjunctionAndFilter>().child_filters) {
        if (auto of_child = TextsLeftBy(*child, texts_max)) return of_child;
      }
      return std::nullopt;
    default: return std::nullopt;
  }
  if (texts && texts->size() > texts_max) return std::nullopt;
  return texts;
}

}  // namespace weir::query::sql
