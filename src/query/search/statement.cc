// SPDX-License-Identifier: Apache-2.0
#include "query/search/statement.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <span>
#include <utility>
#include <vector>

#include "query/search/parser.h"
#include "query/search/predicate.h"
#include "query/search/sql_text.h"

namespace weir::query::search {
namespace {

/// Failed rows first; nulls are not.
std::string FailedFirst(Subject subject) {
  return fmt::format("coalesce({}, false)", FailureCondition(subject));
}

std::string OrderText(Subject subject, Order order) {
  switch (order) {
    case Order::kNewest: break;
    case Order::kSlowest: return "duration_ns DESC NULLS LAST, record_id DESC";
    case Order::kErrors:
      return fmt::format("{} DESC, time DESC, record_id DESC", FailedFirst(subject));
  }
  return "time DESC, record_id DESC";
}

/// What of a trace's matching spans says where the trace stands.
std::string RankText(Order order) {
  switch (order) {
    case Order::kNewest: break;
    case Order::kSlowest: return "max(duration_ns)";
    case Order::kErrors: return fmt::format("max(({}, time))", FailedFirst(Subject::kSpans));
  }
  return "max(time)";
}

std::string_view TraceOrderText(Order order) {
  switch (order) {
    case Order::kNewest: break;
    case Order::kSlowest: return "duration_ms DESC, trace_id";
    case Order::kErrors: return "error_count > 0 DESC, start_time DESC, trace_id";
  }
  return "start_time DESC, trace_id";
}

/// What IN takes; nothing is in an empty one.
std::string ListText(const std::vector<std::string>& texts) {
  if (texts.empty()) return "NULL";
  std::vector<std::string> literals;
  for (const std::string& text : texts) literals.push_back(TextLiteral(text));
  return fmt::format("{}", fmt::join(literals, ", "));
}

/// `chosen`: what trace_id is one of.
std::string SummaryText(const Scope& scope, std::string_view chosen) {
  return fmt::format(
      "  SELECT trace_id, min(time) AS start_time,\n"
      "    (max(end_time_unix_nano) - min(start_time_unix_nano)) / 1e6 AS duration_ms,\n"
      "    arg_min({{'service': service_name, 'name': name}},\n"
      "      (parent_span_id IS NOT NULL, start_time_unix_nano, span_id)) AS root,\n"
      "    count(*) AS span_count,\n"
      "    count(*) FILTER ({}) AS error_count,\n"
      "    list_sort(list(DISTINCT service_name)) AS services\n"
      "  {}\n"
      "    AND trace_id IN ({})\n"
      "  GROUP BY trace_id)\n"
      "SELECT trace_id, start_time, duration_ms, root.service AS root_service,\n"
      "  root.name AS root_name, span_count, error_count, services\n"
      "FROM summary\n",
      FailureCondition(Subject::kSpans), scope.FromWhereWithoutQuery("  "), chosen);
}

std::string TracesSql(const Scope& scope, Order order, int64_t limit) {
  return fmt::format(
      "WITH matching AS (\n"
      "  SELECT trace_id\n"
      "  {}\n"
      "  GROUP BY trace_id\n"
      "  ORDER BY {} DESC NULLS LAST, trace_id\n"
      "  LIMIT {}),\n"
      "summary AS (\n{}ORDER BY {}",
      scope.FromWhere("  "), RankText(order), limit,
      SummaryText(scope, "SELECT trace_id FROM matching"), TraceOrderText(order));
}

/// What people filter by: a key of queries, and its value as text.
struct Facet {
  std::string_view key, sql;
};

constexpr Facet kOrigin[] = {{"deployment.environment.name", "deployment_environment_name"},
                             {"service.version", "service_version"},
                             {"host.name", "host_name"},
                             {"k8s.namespace.name", "k8s_namespace_name"}};
constexpr Facet kSpanFacets[] = {
    {"service", "service_name"},
    {"name", "name"},
    {"status", "lower(substr(status_code, 13))"},
    {"kind", "lower(substr(kind, 11))"},
    {"http.request.method", "http_request_method"},
    {"http.route", "http_route"},
    {"http.response.status_code", "CAST(http_response_status_code AS VARCHAR)"},
    {"error.type", "error_type"},
    {"db.system.name", "db_system_name"},
    {"rpc.method", "rpc_method"},
    {"messaging.destination.name", "messaging_destination_name"},
    {"type", "span_type"},
    {"gen_ai.request.model", "gen_ai_request_model"}};
constexpr Facet kLogFacets[] = {{"service", "service_name"},
                                {"level", "lower(severity_text)"},
                                {"event.name", "event_name"},
                                {"exception.type", "exception_type"}};
constexpr Facet kMetricFacets[] = {
    {"service", "service_name"}, {"name", "name"}, {"type", "metric_type"}, {"unit", "unit"}};

std::vector<Facet> FacetsOf(Subject subject) {
  std::vector<Facet> facets;
  const auto add = [&facets](std::span<const Facet> more) {
    facets.insert(facets.end(), more.begin(), more.end());
  };
  switch (subject) {
    case Subject::kTraces:
    case Subject::kSpans: add(kSpanFacets); break;
    case Subject::kLogs: add(kLogFacets); break;
    case Subject::kMetrics: add(kMetricFacets); break;
  }
  add(kOrigin);
  return facets;
}

}  // namespace

std::string Scope::FromWhereWithoutQuery(std::string_view indent) const {
  return fmt::format("FROM {1}\n{0}WHERE time >= {2}\n{0}  AND time < {3}", indent, table,
                     TimeLiteral(window.from_us), TimeLiteral(window.to_us));
}

std::string Scope::FromWhere(std::string_view indent) const {
  if (condition == "true") return FromWhereWithoutQuery(indent);
  return fmt::format("{}\n{}  AND {}", FromWhereWithoutQuery(indent), indent, condition);
}

Result<Scope> ScopeOf(Subject subject, const signal::TableSet& tables, std::string_view query,
                      const TimeWindow& window) {
  const Expression expression = TRY(Parse(query));
  std::string condition = TRY(ConditionOf(subject, query, expression));
  return Scope{.subject = subject,
               .tables = tables,
               .table = TableText(tables, TableOf(subject)),
               .window = window,
               .condition = std::move(condition),
               .trace_id = TraceIdOf(subject, expression)};
}

Result<Order> OrderOf(Subject subject, std::string_view name) {
  const bool is_of_spans = subject == Subject::kTraces || subject == Subject::kSpans;
  if (name == "newest") return Order::kNewest;
  if (name == "slowest" && is_of_spans) return Order::kSlowest;
  if (name == "errors" && subject != Subject::kMetrics) return Order::kErrors;
  return Error(ErrorKind::kBadRequest, fmt::format("order of {} is {}, not `{}`", NameOf(subject),
                                                   is_of_spans ? "newest, slowest or errors"
                                                   : subject == Subject::kLogs ? "newest or errors"
                                                                               : "newest",
                                                   name.substr(0, 40)));
}

std::string_view ListColumns(Subject subject) {
  switch (subject) {
    case Subject::kTraces:
    case Subject::kSpans:
      return "time, trace_id, span_id, parent_span_id, service_name, name, kind,\n"
             "  duration_ns / 1e6 AS duration_ms, status_code, status_message, record_id";
    case Subject::kLogs:
      return "time, severity_text, severity_number, service_name, body, event_name, trace_id,\n"
             "  span_id, attributes, record_id";
    case Subject::kMetrics:
      return "time, service_name, name, metric_type, unit, value, count, sum, attributes,\n"
             "  series_id, record_id";
  }
  return "";
}

std::string SearchSql(const Scope& scope, Order order, int64_t limit) {
  if (scope.subject == Subject::kTraces) return TracesSql(scope, order, limit);
  return fmt::format("SELECT {}\n{}\nORDER BY {}\nLIMIT {}", ListColumns(scope.subject),
                     scope.FromWhere(), OrderText(scope.subject, order), limit);
}

bool HasWideColumns(Subject subject) {
  return subject == Subject::kLogs || subject == Subject::kMetrics;
}

std::string FirstRowsSql(const Scope& scope, Order order, int64_t limit) {
  return fmt::format("SELECT record_id, epoch_us(time)\n{}\nORDER BY {}\nLIMIT {}",
                     scope.FromWhere(), OrderText(scope.subject, order), limit);
}

std::string RowsSql(const Scope& scope, Order order, const std::vector<std::string>& record_ids) {
  return fmt::format("SELECT {}\n{}\n  AND record_id IN ({})\nORDER BY {}",
                     ListColumns(scope.subject), scope.FromWhereWithoutQuery(),
                     ListText(record_ids), OrderText(scope.subject, order));
}

std::string TraceTimesSql(const Scope& scope) {
  return fmt::format(
      "SELECT epoch_us(min(min_time)), epoch_us(max(max_time))\nFROM {}\nWHERE trace_id = {}",
      TableText(scope.tables, signal::Table::kTraceIndex), TextLiteral(scope.trace_id));
}

std::string FirstSpansSql(const Scope& scope, Order order, int64_t spans_max) {
  std::string_view first = "time DESC";
  std::string failed;
  if (order == Order::kSlowest) first = "duration_ns DESC NULLS LAST";
  if (order == Order::kErrors) failed = FailedFirst(Subject::kSpans) + " DESC, ";
  return fmt::format("SELECT trace_id\n{}\nORDER BY {}{}, trace_id\nLIMIT {}", scope.FromWhere(),
                     failed, first, spans_max);
}

std::string MatchingTracesSql(const Scope& scope, Order order, int64_t limit) {
  return fmt::format(
      "SELECT trace_id\n{}\nGROUP BY trace_id\nORDER BY {} DESC NULLS LAST, trace_id\nLIMIT {}",
      scope.FromWhere(), RankText(order), limit);
}

std::string FirstStartSql(const Scope& scope, const std::vector<std::string>& trace_ids) {
  return fmt::format(
      "SELECT epoch_us(min(min_time)), count(DISTINCT trace_id)\n"
      "FROM {}\nWHERE min_time < {}\n  AND max_time >= {}\n  AND trace_id IN ({})",
      TableText(scope.tables, signal::Table::kTraceIndex), TimeLiteral(scope.window.to_us),
      TimeLiteral(scope.window.from_us), ListText(trace_ids));
}

std::string SummarySql(const Scope& scope, Order order, const std::vector<std::string>& trace_ids) {
  return fmt::format("WITH summary AS (\n{}ORDER BY {}", SummaryText(scope, ListText(trace_ids)),
                     TraceOrderText(order));
}

std::string HistogramSql(const Scope& scope, int64_t width_us) {
  const std::string failure = FailureCondition(scope.subject);
  return fmt::format(
      "SELECT epoch_us(time) // {} AS bucket, count(*) AS count,\n"
      "  count(*) FILTER ({}) AS errors\n{}\nGROUP BY bucket\nORDER BY bucket",
      width_us, failure.empty() ? "false" : failure, scope.FromWhere());
}

std::vector<std::string_view> FacetKeys(Subject subject) {
  std::vector<std::string_view> keys;
  for (const Facet& facet : FacetsOf(subject)) keys.push_back(facet.key);
  return keys;
}

std::string FacetsSql(const Scope& scope, int64_t values_max) {
  std::vector<std::string> columns, cases, values, sets;
  for (const Facet& facet : FacetsOf(scope.subject)) {
    columns.push_back(fmt::format("{} AS \"{}\"", facet.sql, facet.key));
    cases.push_back(fmt::format("WHEN grouping(\"{0}\") = 0 THEN '{0}'", facet.key));
    values.push_back(fmt::format("\"{}\"", facet.key));
    sets.push_back(fmt::format("(\"{}\")", facet.key));
  }
  return fmt::format(
      "SELECT key, value, count FROM (\n"
      "  SELECT CASE {} END AS key,\n"
      "    coalesce({}) AS value, count(*) AS count\n"
      "  FROM (\n    SELECT {}\n    {})\n"
      "  GROUP BY GROUPING SETS ({}))\n"
      "WHERE value <> ''\n"
      "QUALIFY row_number() OVER (PARTITION BY key ORDER BY count DESC, value) <= {}\n"
      "ORDER BY key, count DESC, value",
      fmt::join(cases, "\n    "), fmt::join(values, ", "), fmt::join(columns, ", "),
      scope.FromWhere("    "), fmt::join(sets, ", "), values_max);
}

}  // namespace weir::query::search
