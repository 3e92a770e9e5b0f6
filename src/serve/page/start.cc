// SPDX-License-Identifier: Apache-2.0
#include "serve/page/start.h"

#include <fmt/format.h>

#include <algorithm>

#include "serve/page/routes.h"

namespace weir::serve::page {
namespace {

constexpr std::string_view kText =
    R"(Weir {version}: OpenTelemetry in, Iceberg and Delta tables out.

Send telemetry (any OTLP exporter, gRPC or HTTP):
  export OTEL_EXPORTER_OTLP_ENDPOINT=http://{host}

DuckDB:
  INSTALL iceberg; LOAD iceberg;
  ATTACH '' AS {catalog} (TYPE iceberg, ENDPOINT 'http://{host}/iceberg', AUTHORIZATION_TYPE 'none');
  SELECT service_name, count(*) FROM {catalog}.telemetry.otel_spans GROUP BY ALL;

PyIceberg:
  from pyiceberg.catalog import load_catalog
  catalog = load_catalog("{catalog}", type="rest", uri="http://{host}/iceberg")
  catalog.load_table("telemetry.otel_spans").scan().to_arrow()

Spark:
  spark.sql.catalog.{catalog}=org.apache.iceberg.spark.SparkCatalog
  spark.sql.catalog.{catalog}.type=rest
  spark.sql.catalog.{catalog}.uri=http://{host}/iceberg

Delta readers (Polars, delta-rs, DuckDB delta, Spark) open the `delta_path` that
  curl http://{host}/api/v1/tables/telemetry/otel_spans
tells.

In a browser:  http://{host}/
Look:  /api/v1/status   /api/v1/tables   /metrics   /ready   /live
)";

/// The name by which this client reached us, for lines that it can paste; what no host can be is
/// left out.
std::string HostOf(const Call& call, const ServerFacts& facts) {
  const std::string_view host = call.request.head.Find("host");
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == ':' || c == '[' || c == ']';
  };
  if (!host.empty() && host.size() < 256 && std::ranges::all_of(host, is_plain)) {
    return std::string(host);
  }
  const auto endpoints = facts.endpoints();
  return endpoints.empty() ? "127.0.0.1:4318" : endpoints.back();
}

net::Response AnswerStart(const Call& call, const ServerFacts& facts) {
  const bool is_browser =
      call.request.head.Find("accept").find("text/html") != std::string_view::npos;
  if (is_browser && !Files().empty()) return AnswerDocument(call, Files());
  const std::string text =
      fmt::format(fmt::runtime(kText), fmt::arg("version", facts.version),
                  fmt::arg("host", HostOf(call, facts)), fmt::arg("catalog", facts.catalog_name));
  net::Response response = TextAnswer(200, "text/plain; charset=utf-8", text);
  response.headers.push_back({"vary", "accept"});
  return response;
}

}  // namespace

void AddStart(Router& router, const ServerFacts& facts) {
  router.Add({.method = "GET",
              .pattern = "/",
              .answer = [&facts](const Call& call) -> Result<net::Response> {
                return AnswerStart(call, facts);
              },
              .is_immediate = true});
}

}  // namespace weir::serve::page
