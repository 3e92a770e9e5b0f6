// SPDX-License-Identifier: Apache-2.0
#include "serve/iceberg/routes.h"

#include <array>
#include <nlohmann/json.hpp>

#include "serve/answer.h"
#include "serve/iceberg/commit_table.h"
#include "serve/iceberg/idempotency.h"
#include "serve/iceberg/limits.h"
#include "serve/iceberg/load_table.h"
#include "serve/iceberg/namespaces.h"
#include "serve/iceberg/plan_scan.h"
#include "serve/iceberg/problem.h"
#include "serve/iceberg/tables.h"
#include "serve/iceberg/views.h"

namespace weir::serve::iceberg {
namespace {

using nlohmann::ordered_json;

Result<net::Response> RenameTable(const Lake& lake, const Call& call) {
  return RenameObject(lake, call, catalog::ObjectKind::kTable);
}

Result<net::Response> RenameView(const Lake& lake, const Call& call) {
  return RenameObject(lake, call, catalog::ObjectKind::kView);
}

/// What engines report of their scans and commits is thanked for and forgotten.
Result<net::Response> TakeReport(const Lake&, const Call&) { return EmptyAnswer(204); }

/// What there is, in the specification's own words: clients call nothing that `config` does not
/// list.
struct Endpoint {
  std::string_view method;
  std::string_view path;  // Below `/v1/{prefix}`.
  Result<net::Response> (*answer)(const Lake& lake, const Call& call);
  size_t body_bytes_max = 0;
};

constexpr std::array<Endpoint, 26> kEndpoints = {{
    {"GET", "/namespaces", AnswerNamespaces},
    {"POST", "/namespaces", CreateNamespace, kWritingBytesMax},
    {"GET", "/namespaces/{namespace}", AnswerNamespace},
    {"HEAD", "/namespaces/{namespace}", AnswerNamespaceExists},
    {"DELETE", "/namespaces/{namespace}", DropNamespace},
    {"POST", "/namespaces/{namespace}/properties", UpdateProperties, kWritingBytesMax},
    {"GET", "/namespaces/{namespace}/tables", AnswerTables},
    {"POST", "/namespaces/{namespace}/tables", CreateTable, kWritingBytesMax},
    {"GET", "/namespaces/{namespace}/tables/{table}", AnswerTable},
    {"POST", "/namespaces/{namespace}/tables/{table}", CommitTable, kWritingBytesMax},
    {"DELETE", "/namespaces/{namespace}/tables/{table}", DropTable},
    {"HEAD", "/namespaces/{namespace}/tables/{table}", AnswerTableExists},
    {"POST", "/namespaces/{namespace}/register", RegisterTable, kWritingBytesMax},
    {"POST", "/namespaces/{namespace}/tables/{table}/metrics", TakeReport, kReportBytesMax},
    {"POST", "/namespaces/{namespace}/tables/{table}/plan", PlanTableScan, kWritingBytesMax},
    {"POST", "/namespaces/{namespace}/tables/{table}/tasks", FetchScanTasks, kWritingBytesMax},
    {"POST", "/tables/rename", RenameTable, kWritingBytesMax},
    {"POST", "/transactions/commit", CommitTransaction, kWritingBytesMax},
    {"GET", "/namespaces/{namespace}/views", AnswerViews},
    {"POST", "/namespaces/{namespace}/views", CreateView, kWritingBytesMax},
    {"POST", "/namespaces/{namespace}/register-view", RegisterView, kWritingBytesMax},
    {"GET", "/namespaces/{namespace}/views/{view}", AnswerView},
    {"POST", "/namespaces/{namespace}/views/{view}", ReplaceView, kWritingBytesMax},
    {"DELETE", "/namespaces/{namespace}/views/{view}", DropView},
    {"HEAD", "/namespaces/{namespace}/views/{view}", AnswerViewExists},
    {"POST", "/views/rename", RenameView, kWritingBytesMax},
}};

/// `/namespaces/{namespace}` as the router writes it: `/namespaces/{}`.
std::string PatternOf(std::string_view path) {
  std::string pattern;
  bool is_inside = false;
  for (const char c : path) {
    if (c == '}') is_inside = false;
    if (!is_inside) pattern += c;
    if (c == '{') is_inside = true;
  }
  return pattern;
}

net::Response AnswerConfig() {
  ordered_json endpoints = ordered_json::array();
  for (const Endpoint& endpoint : kEndpoints) {
    endpoints.push_back(std::string(endpoint.method) + " /v1/{prefix}" +
                        std::string(endpoint.path));
  }
  return JsonAnswer(200, {{"defaults", ordered_json::object()},
                          {"overrides", ordered_json::object()},
                          {"endpoints", std::move(endpoints)},
                          {"idempotency-key-lifetime", kKeyLifetime}});
}

/// This endpoint alone words its errors as OAuth does (RFC 6749, 5.2).
net::Response AnswerToken() {
  return JsonAnswer(400, {{"error", "unsupported_grant_type"},
                          {"error_description",
                           "this server issues no tokens and needs none: remove `credential` and "
                           "`oauth2-server-uri` from the client's catalog properties"}});
}

void AddEndpoint(Router& router, const std::string& prefix, const Endpoint& endpoint,
                 const Lake& lake) {
  router.Add(
      {.method = endpoint.method,
       .pattern = prefix + PatternOf(endpoint.path),
       .answer = [lake, answer = endpoint.answer](const Call& call) -> Result<net::Response> {
         auto response = AnswerOnce(lake, call, answer);
         return response.ok() ? std::move(response) : AnswerOf(response.status());
       },
       .error_style = ErrorStyle::kIceberg,
       .body_bytes_max = endpoint.body_bytes_max});
}

}  // namespace

void AddRoutes(Router& router, const Lake& lake, const std::string& catalog_name) {
  const std::string root = "/iceberg/v1";
  router.Add({.method = "GET",
              .pattern = root + "/config",
              .answer = [](const Call&) { return AnswerConfig(); },
              .error_style = ErrorStyle::kIceberg});
  router.Add({.method = "POST",
              .pattern = root + "/oauth/tokens",
              .answer = [](const Call&) { return AnswerToken(); },
              .error_style = ErrorStyle::kIceberg,
              .body_bytes_max = kReportBytesMax});
  for (const std::string& prefix : {root, root + "/" + catalog_name}) {
    for (const Endpoint& endpoint : kEndpoints) AddEndpoint(router, prefix, endpoint, lake);
  }
}

}  // namespace weir::serve::iceberg
