// SPDX-License-Identifier: Apache-2.0
#include "query/search/predicate.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

#include "query/search/comparison.h"
#include "query/search/sql_text.h"

namespace weir::query::search {
namespace {

using Kind = Expression::Kind;

constexpr size_t kTraceDigits = 32;

/// Values of a list in one text, which is several times faster to look through than one by one.
/// U+001E stands between them, so that a text is not found across two.
std::string Joined(std::string_view values) {
  return fmt::format("array_to_string({}, chr(30))", values);
}

constexpr std::string_view kAttributeValues = "map_values(attributes)";
constexpr std::string_view kEventValues =
    "flatten(list_transform(events, lambda e: map_values(e.attributes)))";

/// What a free text is looked for in.
struct Places {
  std::vector<std::string_view> texts, lists;
};
Places PlacesOf(Subject subject) {
  switch (subject) {
    case Subject::kTraces:
    case Subject::kSpans:
      return {{"name", "service_name", "status_message"}, {kAttributeValues, kEventValues}};
    case Subject::kLogs: return {{"body", "service_name", "event_name"}, {kAttributeValues}};
    case Subject::kMetrics:
      return {{"name", "description", "unit", "service_name"}, {kAttributeValues}};
  }
  return {};
}

/// Case does not matter.
std::string FreeText(Subject subject, const Value& value) {
  const Places places = PlacesOf(subject);
  std::vector<std::string> conditions;
  if (value.is_exact()) {
    const std::string text = fmt::format("lower({})", TextLiteral(value.pieces[0]));
    for (const std::string_view place : places.texts) {
      conditions.push_back(fmt::format("contains(lower({}), {})", place, text));
    }
    for (const std::string_view list : places.lists) {
      conditions.push_back(fmt::format("contains(lower({}), {})", Joined(list), text));
    }
    return fmt::format("({})", fmt::join(conditions, " OR "));
  }
  // Found anywhere: with anything before and after it.
  std::vector<std::string> pieces = {""};
  pieces.insert(pieces.end(), value.pieces.begin(), value.pieces.end());
  pieces.emplace_back();
  const std::string pattern = LikeLiteral(pieces);
  for (const std::string_view place : places.texts) {
    conditions.push_back(fmt::format("{} ILIKE {}", place, pattern));
  }
  for (const std::string_view list : places.lists) {
    conditions.push_back(
        fmt::format("len(list_filter({}, lambda v: v ILIKE {})) > 0", list, pattern));
  }
  return fmt::format("({})", fmt::join(conditions, " OR "));
}

bool HasTraceId(Subject subject) { return subject != Subject::kMetrics; }

bool IsTraceId(Subject subject, const Value& value) {
  return HasTraceId(subject) && !value.is_quoted && value.is_exact() &&
         IsHexId(value.pieces[0], kTraceDigits);
}

std::string TextCondition(Subject subject, const Value& value) {
  if (IsTraceId(subject, value)) {
    return fmt::format("trace_id = {}", TextLiteral(ToLower(value.pieces[0])));
  }
  const bool is_failure = !value.is_quoted && value.is_exact() && value.pieces[0] == "error";
  const std::string failure = FailureCondition(subject);
  return is_failure && !failure.empty() ? failure : FreeText(subject, value);
}

}  // namespace

Result<std::string> ConditionOf(Subject subject, std::string_view query,
                                const Expression& expression) {
  switch (expression.kind) {
    case Kind::kAll: return "true";
    case Kind::kText: return TextCondition(subject, expression.value);
    case Kind::kField: return ComparisonSql(subject, query, expression);
    case Kind::kNot: {
      const std::string inner = TRY(ConditionOf(subject, query, expression.children[0]));
      return fmt::format("({}) IS NOT TRUE", inner);
    }
    case Kind::kAnd:
    case Kind::kOr: break;
  }
  std::vector<std::string> conditions;
  for (const Expression& child : expression.children) {
    std::string condition = TRY(ConditionOf(subject, query, child));
    conditions.push_back(std::move(condition));
  }
  if (expression.kind == Kind::kAnd) return fmt::format("{}", fmt::join(conditions, " AND "));
  return fmt::format("({})", fmt::join(conditions, " OR "));
}

std::string TraceIdOf(Subject subject, const Expression& expression) {
  if (expression.kind == Kind::kAnd) {
    for (const Expression& child : expression.children) {
      std::string found = TraceIdOf(subject, child);
      if (!found.empty()) return found;
    }
    return "";
  }
  const Value& value = expression.value;
  if (expression.kind == Kind::kText && IsTraceId(subject, value)) return ToLower(value.pieces[0]);
  const bool is_equal = expression.kind == Kind::kField &&
                        expression.comparison == Comparison::kEqual && value.is_exact() &&
                        IsHexId(value.pieces[0], kTraceDigits);
  if (!is_equal || !HasTraceId(subject)) return "";
  const auto field = FieldOf(subject, expression.key);
  const bool is_trace =
      field.ok() && field->type == FieldType::kId && field->digits == kTraceDigits;
  return is_trace ? ToLower(value.pieces[0]) : "";
}

}  // namespace weir::query::search
