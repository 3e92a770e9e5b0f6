// SPDX-License-Identifier: Apache-2.0
#include "serve/search/searched.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "query/search/problem.h"
#include "query/sql/answer_writer.h"
#include "serve/error_status.h"
#include "serve/number_parameter.h"
#include "serve/sql_api.h"

namespace weir::serve {
namespace {

namespace search = query::search;
namespace sql = query::sql;
using nlohmann::ordered_json;

constexpr size_t kAnswerBytesMax = 16 << 20;

}  // namespace

Result<search::Scope> ScopeIn(const Call& call, const search::TimeWindow& window) {
  const auto subject = TRY(search::SubjectOf(call.parameters.Find("signal").value_or("traces")));
  signal::TableSet tables;
  if (const auto schema = call.parameters.Find("schema")) tables.schema = *schema;
  if (const auto prefix = call.parameters.Find("prefix")) tables.prefix = *prefix;
  return search::ScopeOf(subject, tables, call.parameters.Find("q").value_or(""), window);
}

Result<int64_t> NumberUpTo(const Call& call, std::string_view name, int64_t otherwise,
                           int64_t max) {
  const int64_t number = TRY(NumberIn(call, name, otherwise));
  if (number >= 1 && number <= max) return number;
  return Error(ErrorKind::kBadRequest, fmt::format("{} is from 1 to {}", name, max));
}

Result<std::string> RunToJson(sql::Engine& engine, const std::string& sql, int64_t rows_max,
                              ordered_json facts) {
  const auto writer = sql::NewAnswerWriter(sql::AnswerForm::kJson, kAnswerBytesMax);
  const auto started = std::chrono::steady_clock::now();
  const sql::Outcome outcome =
      TRY(engine.Run({.id = {}, .text = sql, .rows_max = rows_max}, *writer));
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - started;
  facts["is_cut"] = outcome.is_cut;
  facts["scanned"] = ScannedFacts(outcome.scanned);
  facts["elapsed_ms"] = took.count();
  return writer->Finish(ToText(facts));
}

Result<net::Response> WithPosition(Result<net::Response> answer) {
  if (answer.ok()) return answer;
  const auto position = search::PositionOf(answer.status());
  if (!position) return answer;
  const ErrorStatus told = ErrorStatusOf(ErrorKind::kBadRequest);
  return JsonAnswer(
      told.http,
      {{"error",
        {{"message", answer.status().message()}, {"type", told.name}, {"position", *position}}}});
}

}  // namespace weir::serve
