// SPDX-License-Identifier: Apache-2.0
#include "serve/iceberg_catalog.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "serve/iceberg_table.h"
#include "serve/paging.h"

namespace weir::serve {
namespace {

using nlohmann::ordered_json;

// Iceberg's Java client sends a few kB of counters for a scan.
constexpr size_t kReportBytesMax = 1 << 20;

constexpr std::string_view kReadOnly =
    "the catalog is read-only for engines: Weir alone writes these tables, from the telemetry it "
    "receives";

net::Response IcebergError(int status, std::string_view type, std::string_view message) {
  return ErrorAnswer(ErrorStyle::kIceberg, status, type, message);
}

net::Response NoNamespace(const std::string& name) {
  return IcebergError(404, "NoSuchNamespaceException",
                      fmt::format("namespace does not exist: {}", name));
}

/// Runs `answer` when the namespace in the first argument exists.
template <typename Answer>
Result<net::Response> InNamespace(const TableSource& tables, const Call& call, Answer answer) {
  const std::string& name = call.arguments[0];  // Levels would be joined by 0x1F; ours have one.
  const bool exists = TRY(tables.HasSchema(name));
  if (!exists) return NoNamespace(name);
  return answer(name);
}

net::Response AnswerConfig() {
  // Exact strings of the specification: clients call nothing that is not listed.
  const ordered_json endpoints = {
      "GET /v1/{prefix}/namespaces",
      "GET /v1/{prefix}/namespaces/{namespace}",
      "HEAD /v1/{prefix}/namespaces/{namespace}",
      "GET /v1/{prefix}/namespaces/{namespace}/tables",
      "GET /v1/{prefix}/namespaces/{namespace}/tables/{table}",
      "HEAD /v1/{prefix}/namespaces/{namespace}/tables/{table}",
      "POST /v1/{prefix}/namespaces/{namespace}/tables/{table}/metrics",
      "GET /v1/{prefix}/namespaces/{namespace}/views",
  };
  return JsonAnswer(200, {{"defaults", ordered_json::object()},
                          {"overrides", ordered_json::object()},
                          {"endpoints", endpoints}});
}

Result<net::Response> AnswerNamespaces(const TableSource& tables, const Call& call) {
  const auto parent = call.parameters.Find("parent");
  auto schemas = TRY(tables.ListSchemas());
  if (parent && !parent->empty()) {
    const bool exists = TRY(tables.HasSchema(std::string(*parent)));
    if (!exists) return NoNamespace(std::string(*parent));
    schemas.clear();  // Namespaces have one level.
  }
  auto page = TRY(PageOf(std::move(schemas), call.parameters));
  ordered_json namespaces = ordered_json::array();
  for (const std::string& schema : page.names) namespaces.push_back(ordered_json::array({schema}));
  return JsonAnswer(200, {{"namespaces", namespaces}, {"next-page-token", page.NextToken()}});
}

net::Response AnswerNamespace(const std::string& name) {
  return JsonAnswer(
      200, {{"namespace", ordered_json::array({name})}, {"properties", ordered_json::object()}});
}

Result<net::Response> AnswerTables(const TableSource& tables, const Call& call,
                                   const std::string& schema) {
  const auto entries = TRY(tables.ListTables(schema));
  std::vector<std::string> names;
  for (const auto& entry : entries) names.push_back(entry.name.name);
  auto page = TRY(PageOf(std::move(names), call.parameters));
  ordered_json identifiers = ordered_json::array();
  for (const std::string& name : page.names) {
    identifiers.push_back({{"namespace", ordered_json::array({schema})}, {"name", name}});
  }
  return JsonAnswer(200, {{"identifiers", identifiers}, {"next-page-token", page.NextToken()}});
}

net::Response AnswerNoViews() {
  return JsonAnswer(200, {{"identifiers", ordered_json::array()}, {"next-page-token", nullptr}});
}

net::Response AnswerNoView(const Call& call) {
  return IcebergError(
      404, "NoSuchViewException",
      fmt::format("view does not exist: {}.{}", call.arguments[0], call.arguments[1]));
}

/// This endpoint alone words its errors as OAuth does (RFC 6749, 5.2).
net::Response AnswerToken() {
  return JsonAnswer(400, {{"error", "unsupported_grant_type"},
                          {"error_description",
                           "this server issues no tokens and needs none: remove `credential` and "
                           "`oauth2-server-uri` from the client's catalog properties"}});
}

net::Response RefuseWriting() {
  net::Response response = IcebergError(405, "UnsupportedOperationException", kReadOnly);
  response.headers.push_back({"allow", "GET, HEAD"});
  return response;
}

/// Adds routes of one area, all in Iceberg's error style.
class Area {
 public:
  Area(Router& router, std::string prefix) : router_(router), prefix_(std::move(prefix)) {}
  void Add(std::string_view method, std::string_view pattern,
           std::function<Result<net::Response>(const Call&)> answer, size_t body_bytes_max = 0) {
    router_.Add({.method = method,
                 .pattern = prefix_ + std::string(pattern),
                 .answer = std::move(answer),
                 .error_style = ErrorStyle::kIceberg,
                 .body_bytes_max = body_bytes_max});
  }
  /// Answered before its body is read.
  void Refuse(std::string_view method, std::string_view pattern) {
    router_.Add({.method = method,
                 .pattern = prefix_ + std::string(pattern),
                 .answer = [](const Call&) { return RefuseWriting(); },
                 .error_style = ErrorStyle::kIceberg,
                 .is_refusal = true});
  }

 private:
  Router& router_;
  const std::string prefix_;
};

void AddReading(Area& area, const TableSource& tables) {
  area.Add("GET", "/namespaces",
           [&tables](const Call& call) { return AnswerNamespaces(tables, call); });
  area.Add("GET", "/namespaces/{}", [&tables](const Call& call) {
    return InNamespace(tables, call, [](const std::string& name) { return AnswerNamespace(name); });
  });
  area.Add("HEAD", "/namespaces/{}", [&tables](const Call& call) {
    return InNamespace(tables, call, [](const std::string&) { return EmptyAnswer(204); });
  });
  area.Add("GET", "/namespaces/{}/tables", [&tables](const Call& call) {
    return InNamespace(tables, call,
                       [&](const std::string& name) { return AnswerTables(tables, call, name); });
  });
  area.Add("GET", "/namespaces/{}/tables/{}",
           [&tables](const Call& call) { return AnswerTable(tables, call); });
  area.Add("HEAD", "/namespaces/{}/tables/{}",
           [&tables](const Call& call) { return AnswerTableExists(tables, call); });
  area.Add(
      "POST", "/namespaces/{}/tables/{}/metrics", [](const Call&) { return EmptyAnswer(204); },
      kReportBytesMax);
  area.Add("GET", "/namespaces/{}/views", [&tables](const Call& call) {
    return InNamespace(tables, call, [](const std::string&) { return AnswerNoViews(); });
  });
  area.Add("GET", "/namespaces/{}/views/{}", [](const Call& call) { return AnswerNoView(call); });
}

void RefuseWritingRoutes(Area& area) {
  area.Refuse("POST", "/namespaces");
  area.Refuse("DELETE", "/namespaces/{}");
  area.Refuse("POST", "/namespaces/{}/properties");
  area.Refuse("POST", "/namespaces/{}/tables");
  area.Refuse("POST", "/namespaces/{}/tables/{}");
  area.Refuse("DELETE", "/namespaces/{}/tables/{}");
  area.Refuse("POST", "/namespaces/{}/register");
  area.Refuse("POST", "/namespaces/{}/views");
  area.Refuse("POST", "/namespaces/{}/views/{}");
  area.Refuse("DELETE", "/namespaces/{}/views/{}");
  area.Refuse("POST", "/tables/rename");
  area.Refuse("POST", "/views/rename");
  area.Refuse("POST", "/transactions/commit");
}

}  // namespace

void AddIcebergRoutes(Router& router, const TableSource& tables, const std::string& catalog_name) {
  Area root(router, "/iceberg/v1");
  root.Add("GET", "/config", [](const Call&) { return AnswerConfig(); });
  root.Add("POST", "/oauth/tokens", [](const Call&) { return AnswerToken(); }, kReportBytesMax);
  Area prefixed(router, "/iceberg/v1/" + catalog_name);
  for (Area* area : {&root, &prefixed}) {
    AddReading(*area, tables);
    RefuseWritingRoutes(*area);
  }
}

}  // namespace weir::serve
