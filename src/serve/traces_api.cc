// SPDX-License-Identifier: Apache-2.0
#include "serve/traces_api.h"

#include <fmt/format.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <utility>

#include "serve/number_parameter.h"
#include "serve/time_parameter.h"

namespace weir::serve {
namespace {

using nlohmann::ordered_json;

Result<int64_t> TimeIn(const Call& call, std::string_view name, int64_t otherwise) {
  const auto text = call.parameters.Find(name);
  if (!text) return otherwise;
  return ParseTime(name, *text);
}

std::vector<std::string> NamesIn(std::string_view text) {
  std::vector<std::string> names;
  while (!text.empty()) {
    const std::string_view name = text.substr(0, text.find(','));
    if (!name.empty()) names.emplace_back(name);
    text.remove_prefix(std::min(text.size(), name.size() + 1));
  }
  return names;
}

Result<query::TraceQuery> QueryOf(const Call& call) {
  query::TraceQuery query{.trace_id = call.arguments[0]};
  if (const auto schema = call.parameters.Find("schema")) query.tables.schema = *schema;
  if (const auto prefix = call.parameters.Find("prefix")) query.tables.prefix = *prefix;
  query.columns = NamesIn(call.parameters.Find("columns").value_or(""));
  const std::string_view rows = call.parameters.Find("rows").value_or("objects");
  query.as_arrays = rows == "arrays";
  if (rows != "objects" && rows != "arrays") {
    return Error(ErrorKind::kBadRequest,
                 fmt::format("rows is objects or arrays, not `{}`", rows.substr(0, 100)));
  }
  query.since_unix_nano = TRY(TimeIn(call, "since", query.since_unix_nano));
  query.until_unix_nano = TRY(TimeIn(call, "until", query.until_unix_nano));
  query.first = TRY(NumberIn(call, "first", 0));
  query.spans_max = TRY(NumberIn(call, "limit", query::kAnswerSpansMax));
  return query;
}

ordered_json Facts(const datafile::ReadCounters& counters) {
  return {{"files", counters.files},
          {"row_groups", counters.row_groups},
          {"pages", counters.pages},
          {"bytes", counters.bytes}};
}

Result<net::Response> AnswerTrace(query::TraceLookup& traces, const Call& call) {
  const query::TraceQuery query = TRY(QueryOf(call));
  const auto started = std::chrono::steady_clock::now();
  query::Trace trace = TRY(traces.Find(query));
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - started;
  ordered_json facts = {
      {"trace_id", trace.trace_id},
      {"schema", query.tables.schema},
      {"table", signal::TableName(query.tables, signal::Table::kSpans)},
      {"snapshot_id", std::to_string(trace.snapshot_id)},
      {"span_count", trace.span_count},
      {"tail_spans", trace.tail_spans},
      {"is_cut", trace.is_cut},
      {"first", query.first},
      {"next", trace.next ? ordered_json(*trace.next) : ordered_json()},
      {"scanned", {{"trace_index", Facts(trace.index)}, {"otel_spans", Facts(trace.data)}}},
      {"elapsed_ms", took.count()}};
  if (query.as_arrays) facts["columns"] = query.columns;
  std::string body = ToText(facts);
  body.pop_back();
  body += ",\"spans\":[";
  for (size_t i = 0; i < trace.spans.size(); ++i) {
    if (i > 0) body += ',';
    body += trace.spans[i];
    trace.spans[i] = {};  // Many are as large as the answer.
  }
  body += "]}";
  return TextAnswer(200, "application/json", std::move(body));
}

}  // namespace

void AddTraceRoutes(Router& router, query::TraceLookup& traces) {
  router.Add({.method = "GET",
              .pattern = "/api/v1/traces/{}",
              .answer = [&traces](const Call& call) { return AnswerTrace(traces, call); }});
}

}  // namespace weir::serve
