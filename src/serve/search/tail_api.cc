// SPDX-License-Identifier: Apache-2.0
#include "serve/search/tail_api.h"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <utility>

#include "query/search/tail_cursor.h"
#include "serve/number_parameter.h"
#include "serve/search/searched.h"

namespace weir::serve {
namespace {

namespace search = query::search;
using nlohmann::ordered_json;
using std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;

constexpr int64_t kRowsDefault = 500, kRowsMax = 1'000;
constexpr int64_t kWaitMillisMax = 30'000;
// Rows whose time is further back when they come are not followed: it bounds what each look reads.
constexpr int64_t kLateMicrosMax = int64_t{600} * 1'000'000;
constexpr int64_t kAheadMicrosMax = int64_t{86'400} * 1'000'000;
// Between two looks; a look that takes long is followed by a longer rest.
constexpr milliseconds kRestMin{200}, kRestMax{1'000};
constexpr int kRestShare = 3;
// One row a writer.
constexpr int64_t kHeadsMax = 256;

Result<search::TailCursor> HeadsNow(query::sql::Engine& engine, const search::Scope& scope) {
  const std::string text = TRY(RunToJson(engine, search::HeadsSql(scope), kHeadsMax, {}));
  const ordered_json answer = ordered_json::parse(text);
  search::TailCursor heads;
  for (const auto& row : answer["rows"]) {
    heads.Advance(row[0].get_ref<const std::string&>());
  }
  return heads;
}

/// What came since `from`, which moves behind the rows that there are, or behind those that fit.
Result<ordered_json> RowsSince(query::sql::Engine& engine, const search::Scope& scope,
                               int64_t limit, search::TailCursor& from) {
  search::TailCursor heads = TRY(HeadsNow(engine, scope));
  ordered_json answer = {{"columns", ordered_json::array()}, {"rows", ordered_json::array()}};
  if (heads.last_by_writer.empty() || heads.last_by_writer == from.last_by_writer) return answer;
  const std::string sql = search::NewRowsSql(scope, from, heads, limit);
  const std::string text = TRY(RunToJson(engine, sql, limit, {}));
  ordered_json all = ordered_json::parse(text);
  answer["columns"] = std::move(all["columns"]);
  answer["rows"] = std::move(all["rows"]);
  if (std::ssize(answer["rows"]) < limit) {
    from = std::move(heads);
    return answer;
  }
  for (const auto& row : answer["rows"]) from.Advance(row.back().get_ref<const std::string&>());
  return answer;
}

Result<search::Scope> ScopeNow(const Call& call, const Clock& clock) {
  const int64_t now_us = clock.UnixNano() / 1'000;
  return ScopeIn(call, {.from_us = now_us - kLateMicrosMax, .to_us = now_us + kAheadMicrosMax});
}

net::Response Answer(ordered_json answer, const search::TailCursor& cursor) {
  answer["cursor"] = cursor.ToText();
  return JsonAnswer(200, answer);
}

Result<net::Response> AnswerTail(query::sql::Engine& engine, const Clock& clock, const Call& call) {
  const int64_t limit = TRY(NumberUpTo(call, "limit", kRowsDefault, kRowsMax));
  const int64_t wait = TRY(NumberIn(call, "wait_ms", 0));
  const auto deadline = SteadyClock::now() + milliseconds(std::min(wait, kWaitMillisMax));
  search::Scope scope = TRY(ScopeNow(call, clock));
  if (scope.subject == search::Subject::kTraces) {
    return Error(ErrorKind::kBadRequest, "signal is spans, logs or metrics here, not `traces`");
  }
  const auto given = call.parameters.Find("cursor");
  if (!given || given->empty()) {
    const search::TailCursor heads = TRY(HeadsNow(engine, scope));
    return Answer({{"columns", ordered_json::array()}, {"rows", ordered_json::array()}}, heads);
  }
  search::TailCursor cursor = TRY(search::TailCursor::Parse(*given));
  while (true) {
    const auto started = SteadyClock::now();
    ordered_json answer = TRY(RowsSince(engine, scope, limit, cursor));
    const auto now = SteadyClock::now();
    if (!answer["rows"].empty() || now >= deadline) return Answer(std::move(answer), cursor);
    const auto took = std::chrono::duration_cast<milliseconds>(now - started);
    const auto rest = std::clamp(took * kRestShare, kRestMin, kRestMax);
    std::this_thread::sleep_until(std::min(deadline, now + rest));
    scope = TRY(ScopeNow(call, clock));
  }
}

}  // namespace

void AddTailRoute(Router& router, query::sql::Engine& engine, const Clock& clock) {
  router.Add(
      {.method = "GET",
       .pattern = "/api/v1/tail",
       .answer = [&engine, &clock](
                     const Call& call) { return WithPosition(AnswerTail(engine, clock, call)); },
       .waits = true});
}

}  // namespace weir::serve
