// SPDX-License-Identifier: Apache-2.0
#include "serve/sql_api.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "query/sql/answer_writer.h"

namespace weir::serve {
namespace {

namespace sql = query::sql;
using nlohmann::ordered_json;

// A statement of the largest size, escaped in JSON.
constexpr size_t kBodyBytesMax = 4 * sql::kStatementBytesMax;
// Of one answer; it is cut there, and says so.
constexpr size_t kAnswerBytesMax = 64 << 20;
constexpr size_t kIdBytesMax = 64;
// What GET shows of a statement.
constexpr size_t kShownTextMax = 1'000;

constexpr std::string_view kArrowType = "application/vnd.apache.arrow.stream";

Status Bad(std::string message) { return Error(ErrorKind::kBadRequest, std::move(message)); }

bool IsId(std::string_view id) {
  return id.size() <= kIdBytesMax && std::ranges::all_of(id, [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '-' || c == '_';
         });
}

Status ReadMember(const std::string& name, const ordered_json& value, sql::Request& request) {
  if (name == "query" || name == "sql") {
    if (!value.is_string()) return Bad(fmt::format("{} has to be a text", name));
    request.text = value.get<std::string>();
    return Status::OK();
  }
  if (name == "id") {
    if (value.is_string() && IsId(value.get_ref<const std::string&>())) {
      request.id = value.get<std::string>();
      return Status::OK();
    }
    return Bad(
        fmt::format("id has to be a text of at most {} letters, digits, - and _", kIdBytesMax));
  }
  if (name != "rows_max" && name != "time_max_ms") {
    return Bad(fmt::format("unknown member {}: known are query, id, rows_max, time_max_ms", name));
  }
  if (!value.is_number_integer() || value.get<int64_t>() < 1) {
    return Bad(fmt::format("{} has to be a whole number from 1 on", name));
  }
  if (name == "rows_max") {
    request.rows_max = value.get<int64_t>();
  } else {
    request.time_max = std::chrono::milliseconds(value.get<int64_t>());
  }
  return Status::OK();
}

Result<sql::Request> RequestOf(const net::Request& http) {
  const std::string_view type = http.head.Find("content-type");
  sql::Request request;
  if (type.starts_with("application/json")) {
    const ordered_json body = ordered_json::parse(http.body, nullptr, false);
    if (!body.is_object()) return Bad("the body is no JSON object");
    for (const auto& [name, value] : body.items()) TRY(ReadMember(name, value, request));
    if (request.text.empty()) return Bad("the body has no query");
    return request;
  }
  const bool is_text = type.empty() || type.starts_with("text/plain");
  // A foreign page in a browser can send such a type without being asked first, but not hide that.
  const bool is_foreign = is_text && !http.head.Find("origin").empty();
  if ((!is_text && !type.starts_with("application/sql")) || is_foreign) {
    return Bad(
        "the header content-type has to be application/json, or application/sql for a body "
        "that is the statement");
  }
  request.text = http.body;
  return request;
}

struct Form {
  sql::AnswerForm form;
  std::string_view type;
};

Form FormOf(const net::RequestHead& head) {
  const std::string_view accept = head.Find("accept");
  if (accept.find(kArrowType) != std::string_view::npos) {
    return {sql::AnswerForm::kArrow, kArrowType};
  }
  if (accept.find("text/csv") != std::string_view::npos) {
    return {sql::AnswerForm::kCsv, "text/csv; charset=utf-8; header=present"};
  }
  return {sql::AnswerForm::kJson, "application/json"};
}

Result<net::Response> AnswerQuery(sql::Engine& engine, const Call& call) {
  const sql::Request request = TRY(RequestOf(call.request));
  const auto [form, type] = FormOf(call.request.head);
  const auto writer = sql::NewAnswerWriter(form, kAnswerBytesMax);
  const auto started = std::chrono::steady_clock::now();
  const sql::Outcome outcome = TRY(engine.Run(request, *writer));
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - started;
  const ordered_json scanned = ScannedFacts(outcome.scanned);
  const ordered_json facts = {{"id", outcome.id},
                              {"row_count", outcome.rows},
                              {"is_cut", outcome.is_cut},
                              {"scanned", scanned},
                              {"elapsed_ms", took.count()}};
  std::string body = TRY(writer->Finish(ToText(facts)));
  net::Response response = TextAnswer(200, type, std::move(body));
  response.headers.push_back({"weir-query-id", outcome.id});
  response.headers.push_back({"weir-row-count", std::to_string(outcome.rows)});
  response.headers.push_back({"weir-is-cut", outcome.is_cut ? "true" : "false"});
  return response;
}

/// What the client named it by; empty where it did not.
std::string IdOf(const net::Request& http) {
  if (!http.head.Find("content-type").starts_with("application/json")) return "";
  const auto request = RequestOf(http);
  return request.ok() ? request->id : "";
}

Result<net::Response> Cancel(sql::Engine& engine,
                             const std::function<bool(const std::string& id)>& cancel_waiting,
                             const std::string& id) {
  if (cancel_waiting && cancel_waiting(id)) return EmptyAnswer(204);
  TRY(engine.Cancel(id));
  return EmptyAnswer(204);
}

net::Response ListRunning(sql::Engine& engine) {
  ordered_json queries = ordered_json::array();
  for (const sql::RunningQuery& query : engine.Running()) {
    queries.push_back({{"id", query.id},
                       {"query", query.text.substr(0, kShownTextMax)},
                       {"elapsed_ms", query.elapsed_ms}});
  }
  return JsonAnswer(200, {{"queries", std::move(queries)}});
}

}  // namespace

ordered_json ScannedFacts(const sql::Scanned& scanned) {
  ordered_json tables = ordered_json::array();
  for (const sql::ScannedTable& table : scanned.tables) {
    tables.push_back({{"table", table.table},
                      {"snapshot_id", std::to_string(table.snapshot_id)},
                      {"files", table.files},
                      {"bytes", table.bytes},
                      {"files_pruned", table.files_all - table.files},
                      {"bytes_pruned", table.bytes_all - table.bytes},
                      {"tail_rows", table.tail_rows}});
  }
  return {{"tables", std::move(tables)}, {"read_bytes", scanned.read_bytes}};
}

void AddSqlRoutes(Router& router, sql::Engine& engine,
                  std::function<bool(const std::string& id)> cancel_waiting) {
  router.Add({.method = "POST",
              .pattern = "/api/sql",
              .answer = [&engine](const Call& call) { return AnswerQuery(engine, call); },
              .is_query = true,
              .id_of = IdOf,
              .body_bytes_max = kBodyBytesMax});
  router.Add(
      {.method = "GET",
       .pattern = "/api/sql",
       .answer = [&engine](const Call&) -> Result<net::Response> { return ListRunning(engine); },
       .is_immediate = true});
  router.Add({.method = "DELETE",
              .pattern = "/api/sql/{}",
              .answer =
                  [&engine, cancel_waiting = std::move(cancel_waiting)](const Call& call) {
                    return Cancel(engine, cancel_waiting, call.arguments[0]);
                  },
              .is_immediate = true});
}

}  // namespace weir::serve
