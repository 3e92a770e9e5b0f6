// SPDX-License-Identifier: Apache-2.0
#include "serve/search/search_api.h"

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "query/search/sql_text.h"
#include "query/search/statement.h"
#include "serve/search/search_steps.h"
#include "serve/search/searched.h"
#include "serve/time_range.h"

namespace weir::serve {
namespace {

namespace search = query::search;
namespace sql = query::sql;
using nlohmann::ordered_json;

constexpr int64_t kRowsDefault = 50, kRowsMax = 1'000;
constexpr int64_t kBucketsDefault = 60, kBucketsMax = 1'000;
constexpr int64_t kFacetValues = 10;

/// What all of these routes are asked.
struct Asked {
  search::Scope scope;
  std::string query;
};

/// Who pastes a trace's id wants that trace, whenever it was: where no time is asked for, the time
/// is the trace's. Left as it is where the trace index does not know the trace.
Status WidenToTrace(sql::Engine& engine, search::Scope& scope) {
  const std::string text = TRY(RunToJson(engine, search::TraceTimesSql(scope), 1, {}));
  const ordered_json answer = ordered_json::parse(text);
  const ordered_json& times = answer["rows"][0];
  if (!times[0].is_number_integer() || !times[1].is_number_integer()) return Status::OK();
  scope.window = {.from_us = times[0].get<int64_t>() - kAroundTraceMicros,
                  .to_us = times[1].get<int64_t>() + kAroundTraceMicros};
  return Status::OK();
}

Result<Asked> AskedIn(sql::Engine& engine, const Call& call, const Clock& clock) {
  const search::TimeWindow window = TRY(TimeRangeIn(call, clock.UnixNano()));
  search::Scope scope = TRY(ScopeIn(call, window));
  const bool has_time = call.parameters.Find("from") || call.parameters.Find("to");
  if (!scope.trace_id.empty() && !has_time) TRY(WidenToTrace(engine, scope));
  return Asked{.scope = std::move(scope),
               .query = std::string(call.parameters.Find("q").value_or(""))};
}

ordered_json FactsOf(const Asked& asked, const std::string& sql) {
  return {{"signal", search::NameOf(asked.scope.subject)},
          {"q", asked.query},
          {"sql", sql},
          {"from", search::TimeText(asked.scope.window.from_us)},
          {"to", search::TimeText(asked.scope.window.to_us)}};
}

Result<net::Response> AnswerSearch(sql::Engine& engine, const Clock& clock, const Call& call) {
  const Asked asked = TRY(AskedIn(engine, call, clock));
  const search::Scope& scope = asked.scope;
  const int64_t limit = TRY(NumberUpTo(call, "limit", kRowsDefault, kRowsMax));
  const search::Order order =
      TRY(search::OrderOf(scope.subject, call.parameters.Find("order").value_or("newest")));
  const ordered_json facts = FactsOf(asked, search::SearchSql(scope, order, limit));
  const auto run = scope.subject == search::Subject::kTraces ? SearchTraces : SearchRows;
  std::string body = TRY(run(engine, SearchStep{scope, order, limit}, facts));
  return TextAnswer(200, "application/json", std::move(body));
}

/// The narrowest of the widths that people read easily that makes at most `buckets` of `window`.
int64_t BucketMillis(const search::TimeWindow& window, int64_t buckets) {
  constexpr int64_t kSecond = 1'000, kMinute = 60 * kSecond, kHour = 60 * kMinute;
  constexpr int64_t kDay = 24 * kHour;
  const int64_t wanted = (window.to_us - window.from_us) / 1'000 / buckets + 1;
  for (const int64_t unit : {int64_t{1}, int64_t{10}, int64_t{100}}) {
    for (const int64_t times : {1, 2, 5}) {
      if (unit * times >= wanted) return unit * times;
    }
  }
  for (const int64_t width :
       {kSecond, 2 * kSecond, 5 * kSecond, 10 * kSecond, 15 * kSecond, 30 * kSecond, kMinute,
        2 * kMinute, 5 * kMinute, 10 * kMinute, 15 * kMinute, 30 * kMinute, kHour, 2 * kHour,
        3 * kHour, 6 * kHour, 12 * kHour}) {
    if (width >= wanted) return width;
  }
  return (wanted + kDay - 1) / kDay * kDay;
}

Result<net::Response> AnswerHistogram(sql::Engine& engine, const Clock& clock, const Call& call) {
  const Asked asked = TRY(AskedIn(engine, call, clock));
  const int64_t wanted = TRY(NumberUpTo(call, "buckets", kBucketsDefault, kBucketsMax));
  const search::TimeWindow& window = asked.scope.window;
  const int64_t bucket_ms = BucketMillis(window, wanted), width_us = bucket_ms * 1'000;
  ordered_json facts = FactsOf(asked, search::HistogramSql(asked.scope, width_us));
  const std::string text = TRY(RunToJson(engine, facts["sql"], 2 * kBucketsMax, facts));
  const ordered_json answer = ordered_json::parse(text);
  std::map<int64_t, std::pair<int64_t, int64_t>> counted;
  for (const auto& row : answer["rows"]) {
    counted[row[0].get<int64_t>()] = {row[1].get<int64_t>(), row[2].get<int64_t>()};
  }
  ordered_json buckets = ordered_json::array();
  for (int64_t i = window.from_us / width_us; i * width_us < window.to_us; ++i) {
    const auto [count, errors] = counted[i];
    buckets.push_back(
        {{"start", search::TimeText(i * width_us)}, {"count", count}, {"errors", errors}});
  }
  facts["bucket_ms"] = bucket_ms;
  facts["buckets"] = std::move(buckets);
  facts["scanned"] = answer["scanned"];
  facts["elapsed_ms"] = answer["elapsed_ms"];
  return JsonAnswer(200, facts);
}

Result<net::Response> AnswerFacets(sql::Engine& engine, const Clock& clock, const Call& call) {
  const Asked asked = TRY(AskedIn(engine, call, clock));
  ordered_json facts = FactsOf(asked, search::FacetsSql(asked.scope, kFacetValues));
  const std::string text = TRY(RunToJson(engine, facts["sql"], kRowsMax, facts));
  const ordered_json answer = ordered_json::parse(text);
  ordered_json facets = ordered_json::array();
  for (const auto& key : search::FacetKeys(asked.scope.subject)) {
    ordered_json values = ordered_json::array();
    for (const auto& row : answer["rows"]) {
      if (row[0] == key) values.push_back({{"value", row[1]}, {"count", row[2]}});
    }
    if (!values.empty()) facets.push_back({{"key", key}, {"values", std::move(values)}});
  }
  facts["facets"] = std::move(facets);
  facts["scanned"] = answer["scanned"];
  facts["elapsed_ms"] = answer["elapsed_ms"];
  return JsonAnswer(200, facts);
}

using Answerer = Result<net::Response> (*)(sql::Engine&, const Clock&, const Call&);

}  // namespace

void AddSearchRoutes(Router& router, sql::Engine& engine, const Clock& clock) {
  const auto add = [&](std::string pattern, Answerer answer) {
    router.Add(
        {.method = "GET",
         .pattern = std::move(pattern),
         .answer = [&engine, &clock,
                    answer](const Call& call) { return WithPosition(answer(engine, clock, call)); },
         .is_query = true});
  };
  add("/api/v1/search", AnswerSearch);
  add("/api/v1/search/histogram", AnswerHistogram);
  add("/api/v1/search/facets", AnswerFacets);
}

}  // namespace weir::serve
