// SPDX-License-Identifier: Apache-2.0
#include "receive/otlp_route.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir::receive {
namespace {

using net::Protocol;
using signal::Signal;
using testing::HasSubstr;

std::optional<OtlpRoute> Find(Protocol protocol, std::string path) {
  return FindRoute({.protocol = protocol, .method = "POST", .path = std::move(path)});
}

/// A request to the Databricks door for `table`, with `Authorization: Bearer x` unless told
/// otherwise.
Result<signal::TableSet> TablesOf(std::string table, Signal signal = Signal::kTraces,
                                  std::string authorization = "Bearer x") {
  net::RequestHead head;
  if (!table.empty()) head.headers.push_back({"x-databricks-uc-table-name", std::move(table)});
  if (!authorization.empty()) head.headers.push_back({"authorization", std::move(authorization)});
  return ReadTableHeader(head, signal, "weir");
}

TEST(FindRoute, KnowsTheHttpPathsOfBothDoors) {
  for (const Protocol protocol : {Protocol::kHttp1, Protocol::kHttp2}) {
    EXPECT_EQ(Find(protocol, "/v1/traces")->signal, Signal::kTraces);
    EXPECT_EQ(Find(protocol, "/v1/logs")->signal, Signal::kLogs);
    EXPECT_EQ(Find(protocol, "/v1/metrics")->signal, Signal::kMetrics);
    EXPECT_EQ(Find(protocol, "/v1/metrics")->door, Door::kOtlp);
    EXPECT_EQ(Find(protocol, "/api/2.0/otel/v1/logs")->signal, Signal::kLogs);
    EXPECT_EQ(Find(protocol, "/api/2.0/otel/v1/logs")->door, Door::kDatabricks);
  }
}

TEST(FindRoute, KnowsTheGrpcServices) {
  EXPECT_EQ(
      Find(Protocol::kGrpc, "/opentelemetry.proto.collector.trace.v1.TraceService/Export")->signal,
      Signal::kTraces);
  EXPECT_EQ(
      Find(Protocol::kGrpc, "/opentelemetry.proto.collector.logs.v1.LogsService/Export")->signal,
      Signal::kLogs);
  EXPECT_EQ(Find(Protocol::kGrpc, "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export")
                ->signal,
            Signal::kMetrics);
}

TEST(FindRoute, TakesNoPathThatOnlyLooksLikeOne) {
  for (const char* path : {"/v1/traces/", "/v1/trace", "/V1/traces", "v1/traces", "//v1/traces",
                           "/v1/", "/v1/%74races"}) {
    EXPECT_FALSE(Find(Protocol::kHttp1, path)) << path;
  }
  EXPECT_FALSE(Find(Protocol::kGrpc, "/v1/traces"));
  EXPECT_FALSE(
      Find(Protocol::kHttp2, "/opentelemetry.proto.collector.trace.v1.TraceService/Export"));
}

TEST(IsGrpcPath, HoldsForTheServicesAlone) {
  EXPECT_TRUE(IsGrpcPath("/opentelemetry.proto.collector.logs.v1.LogsService/Export"));
  EXPECT_FALSE(IsGrpcPath("/opentelemetry.proto.collector.logs.v1.LogsService/Import"));
  EXPECT_FALSE(IsGrpcPath("/v1/logs"));
}

TEST(ReadTableHeader, ReadsSchemaAndPrefixInLowerCase) {
  EXPECT_EQ(*TablesOf("weir.team_a.prod_otel_spans"), (signal::TableSet{"team_a", "prod_"}));
  EXPECT_EQ(*TablesOf("WEIR.Team_A.Prod_OTEL_Spans"), (signal::TableSet{"team_a", "prod_"}));
  EXPECT_EQ(*TablesOf("weir.s.a_b_otel_logs", Signal::kLogs), (signal::TableSet{"s", "a_b_"}));
  EXPECT_EQ(*TablesOf("weir.s.otel_metrics", Signal::kMetrics), (signal::TableSet{"s", ""}));
}

TEST(ReadTableHeader, SaysWhatIsMissing) {
  const auto no_name = TablesOf(""), no_token = TablesOf("weir.s.otel_spans", Signal::kTraces, "");

  EXPECT_EQ(KindOf(no_name.status()), ErrorKind::kBadRequest);
  EXPECT_EQ(no_name.status().message(),
            "header X-Databricks-UC-Table-Name is missing; send weir.<schema>.<prefix>_otel_spans");
  EXPECT_EQ(KindOf(no_token.status()), ErrorKind::kUnauthorized);
  EXPECT_THAT(no_token.status().message(), HasSubstr("Authorization"));
}

TEST(ReadTableHeader, WantsABearerToken) {
  EXPECT_TRUE(TablesOf("weir.s.otel_spans", Signal::kTraces, "bearer x").ok());
  for (const char* value : {"Basic eDp5", "Bearer", "Bearer ", "Bearer   ", "x"}) {
    EXPECT_EQ(KindOf(TablesOf("weir.s.otel_spans", Signal::kTraces, value).status()),
              ErrorKind::kBadRequest)
        << value;
  }
}

TEST(ReadTableHeader, RefusesNamesThatAreNotOfTheShape) {
  const std::string long_name(129, 'a');
  for (const std::string& name :
       {std::string("otel_spans"), std::string("s.otel_spans"), std::string("a.weir.s.otel_spans"),
        std::string("weir..otel_spans"), std::string("weir.s."), std::string("weir.s.1_otel_spans"),
        std::string("weir.1s.otel_spans"), std::string("weir.s-t.otel_spans"),
        std::string("weir.../x.otel_spans"), std::string("weir.s.é_otel_spans"),
        std::string("weir.s*.otel_spans"), "weir." + long_name + ".otel_spans"}) {
    const auto tables = TablesOf(name);
    EXPECT_EQ(KindOf(tables.status()), ErrorKind::kBadRequest) << name;
    EXPECT_THAT(tables.status().message(), HasSubstr("expected weir.<schema>.<prefix>_otel_spans"))
        << name;
  }
}

TEST(ReadTableHeader, RefusesAnotherCatalogAndAnotherSignalsTable) {
  EXPECT_THAT(TablesOf("main.s.otel_spans").status().message(),
              HasSubstr("this server's catalog is weir"));
  EXPECT_THAT(TablesOf("weir.s.otel_logs").status().message(),
              HasSubstr("a table of traces ends with otel_spans"));
  EXPECT_THAT(TablesOf("weir.s.prodotel_spans").status().message(),
              HasSubstr("ends with otel_spans"));
}

}  // namespace
}  // namespace weir::receive
