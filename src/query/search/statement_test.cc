// SPDX-License-Identifier: Apache-2.0
#include "query/search/statement.h"

#include <gtest/gtest.h>

#include <string>

namespace weir::query::search {
namespace {

constexpr TimeWindow kWindow{.from_us = 1'795'132'800'000'000, .to_us = 1'795'136'400'000'001};

std::string ConditionIn(Subject subject, std::string_view query) {
  const auto scope = ScopeOf(subject, {}, query, kWindow);
  return scope.ok() ? scope->condition : scope.status().message();
}

struct Case {
  std::string_view query, expected;
};

void ExpectAll(Subject subject, std::initializer_list<Case> cases) {
  for (const auto& [query, expected] : cases) {
    EXPECT_EQ(ConditionIn(subject, query), expected) << query;
  }
}

TEST(SearchStatement, KnowsShortNamesColumnsAndAttributes) {
  ExpectAll(Subject::kSpans,
            {
                {"", "true"},
                {"service:checkout", "service_name = 'checkout'"},
                {"service.name:checkout", "service_name = 'checkout'"},
                {"operation:GET*", "name LIKE 'GET%'"},
                {"name:\"GET *\"", "name = 'GET *'"},
                {"http.route:/a_b*", "http_route LIKE '/a\\_b%' ESCAPE '\\'"},
                {"http.method:GET", "http_request_method = 'GET'"},
                {"http_route:*", "http_route IS NOT NULL"},
                {"http.response.status_code>=500", "http_response_status_code >= 500"},
                {"http.status_code:5*", "CAST(http_response_status_code AS VARCHAR) LIKE '5%'"},
                {"cost_usd>0.5", "cost_usd > 0.5e0"},
                {"input_tokens>1000", "input_tokens > 1000"},
                {"@a.b:x", "attributes['a.b'] = 'x'"},
                {"@a>5", "TRY_CAST(attributes['a'] AS DOUBLE) > 5"},
                {"@a>v1", "attributes['a'] > 'v1'"},
                {"@a>\"5\"", "attributes['a'] > '5'"},
                {"@a:5", "TRY_CAST(attributes['a'] AS DOUBLE) = 5"},
                {"@a:5.0", "TRY_CAST(attributes['a'] AS DOUBLE) = 5e0"},
                {"@a:9007199254740993", "attributes['a'] = '9007199254740993'"},
                {"@a:\"5.0\"", "attributes['a'] = '5.0'"},
                {"@a:*", "attributes['a'] IS NOT NULL"},
                {"resource.a:x", "resource.attributes['a'] = 'x'"},
                {"scope.a:x", "instrumentation_scope.attributes['a'] = 'x'"},
                {"scope.name:x", "instrumentation_scope.name = 'x'"},
                {"\"service\":x",
                 "(attributes['service'] = 'x' OR resource.attributes['service'] = 'x' "
                 "OR instrumentation_scope.attributes['service'] = 'x')"},
            });
}

TEST(SearchStatement, KnowsTheWordsOfSpans) {
  ExpectAll(
      Subject::kSpans,
      {
          {"duration>500ms", "duration_ns > 500000000"},
          {"duration<=1m1.5s", "duration_ns <= 61500000000"},
          {"duration:[1us TO 2µs]", "duration_ns >= 1000 AND duration_ns <= 2000"},
          {"duration_ms>1.5", "duration_ns > 1500000"},
          {"status:error", "status_code = 'STATUS_CODE_ERROR'"},
          {"status:STATUS_CODE_OK", "status_code = 'STATUS_CODE_OK'"},
          {"status!=unset", "(status_code = 'STATUS_CODE_UNSET') IS NOT TRUE"},
          {"kind:Server", "kind = 'SPAN_KIND_SERVER'"},
          {"error", "status_code = 'STATUS_CODE_ERROR'"},
          {"error:false", "(status_code = 'STATUS_CODE_ERROR') IS NOT TRUE"},
          {"trace:5B8EFFF798038103D269B633813FC60C",
           "trace_id = '5b8efff798038103d269b633813fc60c'"},
          {"5b8efff798038103d269b633813fc60c", "trace_id = '5b8efff798038103d269b633813fc60c'"},
          {"span:eee19b7ec3c1b174", "span_id = 'eee19b7ec3c1b174'"},
          {"trace:5b8e*", "trace_id LIKE '5b8e%'"},
          {"-parent:*", "(parent_span_id IS NOT NULL) IS NOT TRUE"},
      });
}

TEST(SearchStatement, KnowsLevelsOfLogs) {
  const char* from_warn =
      "(severity_number BETWEEN 13 AND 24 OR (coalesce(severity_number, 0) = 0 AND "
      "upper(severity_text) IN ('WARN', 'WARNING', 'ERROR', 'FATAL', 'CRITICAL')))";
  ExpectAll(Subject::kLogs,
            {
                {"level>=warn", from_warn},
                {"severity>INFO", from_warn},
                {"status:error",
                 "(severity_number BETWEEN 17 AND 20 OR (coalesce(severity_number, 0) = 0 AND "
                 "upper(severity_text) IN ('ERROR')))"},
                {"level<trace", "false"},
                {"level>=9", "severity_number >= 9"},
                {"level:notice", "upper(severity_text) = upper('notice')"},
                {"level:not*", "severity_text ILIKE 'not%'"},
                {"error", "severity_number >= 17"},
                {"duration:x",
                 "(attributes['duration'] = 'x' OR resource.attributes['duration'] = "
                 "'x' OR instrumentation_scope.attributes['duration'] = 'x')"},
            });
}

TEST(SearchStatement, LooksForFreeTexts) {
  ExpectAll(Subject::kLogs,
            {
                {"Timed\\ Out",
                 "(contains(lower(body), lower('Timed Out')) OR contains(lower(service_name), "
                 "lower('Timed Out')) OR contains(lower(event_name), lower('Timed Out')) OR "
                 "contains(lower(array_to_string(map_values(attributes), chr(30))), lower('Timed "
                 "Out')))"},
                {"a*b",
                 "(body ILIKE '%a%b%' OR service_name ILIKE '%a%b%' OR event_name ILIKE '%a%b%' OR "
                 "len(list_filter(map_values(attributes), lambda v: v ILIKE '%a%b%')) > 0)"},
            });
}

TEST(SearchStatement, JoinsConditions) {
  ExpectAll(Subject::kMetrics,
            {
                {"metric:a (type:sum OR type:gauge) -unit:s",
                 "name = 'a' AND (metric_type = 'sum' OR metric_type = 'gauge') AND (unit = 's') "
                 "IS NOT TRUE"},
                {"metric:(a AND b OR c)", "(name = 'a' AND name = 'b' OR name = 'c')"},
                {"value>5 is_monotonic:true", "value > 5 AND is_monotonic = true"},
            });
}

TEST(SearchStatement, KeepsWhatUsersWriteInsideLiterals) {
  ExpectAll(Subject::kSpans,
            {
                {"service:x'--", "service_name = 'x''--'"},
                {"service:\"'; DROP TABLE a; --\"", "service_name = '''; DROP TABLE a; --'"},
                {"@a']:b", "attributes['a'']'] = 'b'"},
                {"service:'*", "service_name LIKE '''%'"},
                {"service:\\\\'*", "service_name LIKE '\\\\''%' ESCAPE '\\'"},
            });
}

TEST(SearchStatement, SaysWhichValuesAKeyHas) {
  ExpectAll(
      Subject::kSpans,
      {
          {"a duration>500",
           "expected a duration such as 500ms, 1.5s or 2h after \"duration\" at "
           "12"},
          {"status:500", "expected ok, error or unset after \"status\" at 8"},
          {"status>ok", "expected ok, error or unset after \"status\" at 8"},
          {"kind:x",
           "expected internal, server, client, producer, consumer or unspecified after "
           "\"kind\" at 6"},
          {"trace:12", "expected 32 hex digits, or some of them and a * after \"trace\" at 7"},
          {"input_tokens:many", "expected a number after \"input_tokens\" at 14"},
          {"a time:x", "\"time\" is no key: from and to say the time at 3"},
          {"events:x", "\"events\" holds many values: search for one of its keys at 1"},
      });
}

TEST(SearchStatement, BoundsTime) {
  const auto scope = ScopeOf(Subject::kSpans, {"team", "a_"}, "error", kWindow);

  EXPECT_EQ(scope->FromWhere(),
            "FROM \"team\".\"a_otel_spans\"\n"
            "WHERE time >= TIMESTAMPTZ '2026-11-20T00:00:00.000000Z'\n"
            "  AND time < TIMESTAMPTZ '2026-11-20T01:00:00.000001Z'\n"
            "  AND status_code = 'STATUS_CODE_ERROR'");
}

TEST(SearchStatement, KnowsTheTraceThatAllMatchesAreOf) {
  const std::string id = "5b8efff798038103d269b633813fc60c";
  const auto trace_of = [](Subject subject, const std::string& query) {
    return ScopeOf(subject, {}, query, kWindow)->trace_id;
  };
  EXPECT_EQ(trace_of(Subject::kSpans, "error trace:" + id), id);
  EXPECT_EQ(trace_of(Subject::kLogs, id), id);
  EXPECT_EQ(trace_of(Subject::kSpans, "trace_id:(" + id + ")"), id);
  EXPECT_EQ(trace_of(Subject::kSpans, "error OR " + id), "");
  EXPECT_EQ(trace_of(Subject::kSpans, "-trace:" + id), "");
  EXPECT_EQ(trace_of(Subject::kSpans, "\"" + id + "\""), "");
  EXPECT_EQ(trace_of(Subject::kMetrics, id), "");
}

TEST(SearchStatement, FindsRowsBeforeItReadsThem) {
  const auto scope = ScopeOf(Subject::kLogs, {}, "level>=9", kWindow);
  const std::string where =
      "FROM otel_logs\n"
      "WHERE time >= TIMESTAMPTZ '2026-11-20T00:00:00.000000Z'\n"
      "  AND time < TIMESTAMPTZ '2026-11-20T01:00:00.000001Z'\n";

  EXPECT_EQ(FirstRowsSql(*scope, Order::kErrors, 7),
            "SELECT record_id, epoch_us(time)\n" + where +
                "  AND severity_number >= 9\n"
                "ORDER BY coalesce(severity_number >= 17, false) DESC, time DESC, record_id DESC\n"
                "LIMIT 7");
  EXPECT_NE(RowsSql(*scope, Order::kNewest, {"a", "b'"})
                .find(where + "  AND record_id IN ('a', 'b''')\nORDER BY time DESC"),
            std::string::npos);
}

TEST(SearchStatement, ReadsNothingWhereNothingWasFound) {
  const auto scope = ScopeOf(Subject::kLogs, {}, "", kWindow);
  EXPECT_NE(RowsSql(*scope, Order::kNewest, {}).find("AND record_id IN (NULL)"), std::string::npos);
}

TEST(SearchStatement, FindsTracesByTheTraceIndex) {
  const std::string id = "5b8efff798038103d269b633813fc60c";
  const auto scope = ScopeOf(Subject::kTraces, {"team", "a_"}, id, kWindow);

  EXPECT_EQ(TraceTimesSql(*scope),
            "SELECT epoch_us(min(min_time)), epoch_us(max(max_time))\n"
            "FROM \"team\".\"a_trace_index\"\nWHERE trace_id = '" +
                id + "'");
  EXPECT_EQ(FirstStartSql(*scope, {"x", "y"}),
            "SELECT epoch_us(min(min_time)), count(DISTINCT trace_id)\n"
            "FROM \"team\".\"a_trace_index\"\n"
            "WHERE min_time < TIMESTAMPTZ '2026-11-20T01:00:00.000001Z'\n"
            "  AND max_time >= TIMESTAMPTZ '2026-11-20T00:00:00.000000Z'\n"
            "  AND trace_id IN ('x', 'y')");
}

TEST(SearchStatement, KnowsItsOrders) {
  EXPECT_EQ(*OrderOf(Subject::kTraces, "slowest"), Order::kSlowest);
  EXPECT_EQ(OrderOf(Subject::kLogs, "slowest").status().message(),
            "order of logs is newest or errors, not `slowest`");
  EXPECT_EQ(OrderOf(Subject::kMetrics, "errors").status().message(),
            "order of metrics is newest, not `errors`");
}

}  // namespace
}  // namespace weir::query::search
