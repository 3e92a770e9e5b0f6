// SPDX-License-Identifier: Apache-2.0
#include "serve/search/search_steps.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "serve/answer.h"
#include "serve/search/searched.h"

namespace weir::serve {
namespace {

namespace search = query::search;
namespace sql = query::sql;
using nlohmann::ordered_json;
using SteadyClock = std::chrono::steady_clock;

// How many spans are looked at first for each trace that is wanted, and at most.
constexpr int64_t kSpansForATrace = 32, kFirstSpansMax = 64 << 10;

// No file has rows of it: what is asked of it gives columns alone.
constexpr search::TimeWindow kNoTime{.from_us = 0, .to_us = 0};

/// The rows of an answer.
Result<ordered_json> RowsOf(sql::Engine& engine, const std::string& statement, int64_t rows_max) {
  const std::string text = TRY(RunToJson(engine, statement, rows_max, {}));
  ordered_json answer = ordered_json::parse(text);
  return std::move(answer["rows"]);
}

/// The first column of rows, each text once.
std::vector<std::string> DistinctTexts(const ordered_json& rows) {
  std::vector<std::string> texts;
  std::set<std::string_view> known;
  for (const auto& row : rows) {
    const auto& each = row[0].get_ref<const std::string&>();
    if (known.insert(each).second) texts.push_back(each);
  }
  return texts;
}

/// The first `limit` traces: of a few spans where those are of enough traces, which spares counting
/// all traces there are.
Result<std::vector<std::string>> FindTraces(sql::Engine& engine, const search::Scope& scope,
                                            search::Order order, int64_t limit) {
  for (int64_t spans = limit * kSpansForATrace; spans <= kFirstSpansMax; spans *= kSpansForATrace) {
    const ordered_json rows =
        TRY(RowsOf(engine, search::FirstSpansSql(scope, order, spans), spans));
    std::vector<std::string> found = DistinctTexts(rows);
    const bool is_all = std::ssize(rows) < spans;
    if (std::ssize(found) < limit && !is_all) continue;
    if (std::ssize(found) > limit) found.resize(static_cast<size_t>(limit));
    return found;
  }
  const ordered_json rows =
      TRY(RowsOf(engine, search::MatchingTracesSql(scope, order, limit), limit));
  return DistinctTexts(rows);
}

/// The window from where the traces began, by the trace index if it knows all of them: newest
/// traces are in few files, and only those are read then. Spans that are not in the index yet, as a
/// root that ends last, began a little earlier.
Result<search::TimeWindow> NarrowToTraces(sql::Engine& engine, const search::Scope& scope,
                                          const std::vector<std::string>& trace_ids) {
  const ordered_json rows = TRY(RowsOf(engine, search::FirstStartSql(scope, trace_ids), 1));
  const ordered_json& row = rows[0];
  if (row[1] != std::ssize(trace_ids) || !row[0].is_number_integer()) return scope.window;
  const int64_t first_us = row[0].get<int64_t>() - kAroundTraceMicros;
  return search::TimeWindow{.from_us = std::max(scope.window.from_us, first_us),
                            .to_us = scope.window.to_us};
}

/// From the first to the last of the rows' times; `otherwise` where one is beyond JSON's numbers.
search::TimeWindow WindowOf(const ordered_json& rows, const search::TimeWindow& otherwise) {
  if (rows.empty()) return kNoTime;
  search::TimeWindow window{.from_us = otherwise.to_us, .to_us = otherwise.from_us};
  for (const auto& row : rows) {
    if (!row[1].is_number_integer()) return otherwise;
    const int64_t time_us = row[1].get<int64_t>();
    window.from_us = std::min(window.from_us, time_us);
    window.to_us = std::max(window.to_us, time_us + 1);
  }
  return window;
}

/// The last step, which began when the first one did.
Result<std::string> Finish(sql::Engine& engine, const std::string& statement, bool is_cut,
                           SteadyClock::time_point started, int64_t limit, ordered_json facts) {
  const std::string text = TRY(RunToJson(engine, statement, limit, std::move(facts)));
  ordered_json answer = ordered_json::parse(text);
  answer["is_cut"] = is_cut;
  const std::chrono::duration<double, std::milli> took = SteadyClock::now() - started;
  answer["elapsed_ms"] = took.count();
  return ToText(answer);
}

}  // namespace

Result<std::string> SearchRows(sql::Engine& engine, const SearchStep& asked, ordered_json facts) {
  const auto started = SteadyClock::now();
  const auto& [scope, order, limit] = asked;
  // One more than is shown says whether there are more.
  if (!search::HasWideColumns(scope.subject)) {
    return RunToJson(engine, search::SearchSql(scope, order, limit + 1), limit, std::move(facts));
  }
  ordered_json first =
      TRY(RowsOf(engine, search::FirstRowsSql(scope, order, limit + 1), limit + 1));
  const bool is_cut = std::ssize(first) > limit;
  if (is_cut) first.erase(first.size() - 1);
  search::Scope narrow = scope;
  narrow.window = WindowOf(first, scope.window);
  const std::string statement = search::RowsSql(narrow, order, DistinctTexts(first));
  return Finish(engine, statement, is_cut, started, limit, std::move(facts));
}

Result<std::string> SearchTraces(sql::Engine& engine, const SearchStep& asked, ordered_json facts) {
  const auto started = SteadyClock::now();
  const auto& [scope, order, limit] = asked;
  std::vector<std::string> found = TRY(FindTraces(engine, scope, order, limit + 1));
  const bool is_cut = std::ssize(found) > limit;
  if (is_cut) found.pop_back();
  search::Scope narrow = scope;
  narrow.window = kNoTime;
  if (!found.empty()) narrow.window = TRY(NarrowToTraces(engine, scope, found));
  const std::string statement = search::SummarySql(narrow, order, found);
  return Finish(engine, statement, is_cut, started, limit, std::move(facts));
}

}  // namespace weir::serve
