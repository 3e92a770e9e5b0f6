// SPDX-License-Identifier: Apache-2.0
#include "serve/routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <future>
#include <nlohmann/json.hpp>

#include "base/compression.h"
#include "serve/page/files.h"
#include "serve/routes_fake.h"
#include "store/local_store.h"

namespace weir::serve {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kMetadata = R"({
  "format-version": 2, "table-uuid": "u", "location": "LOCATION",
  "last-updated-ms": 1700000000000, "current-schema-id": 0,
  "schemas": [{"type": "struct", "schema-id": 0, "fields": [
    {"id": 1, "name": "time", "type": "timestamptz", "required": true},
    {"id": 2, "name": "attributes", "required": false, "type":
      {"type": "map", "key-id": 3, "key": "string", "value-id": 4, "value": "string",
       "value-required": true}}]}],
  "default-spec-id": 0,
  "partition-specs": [{"spec-id": 0, "fields": [
    {"source-id": 1, "field-id": 1000, "name": "date", "transform": "identity"}]}],
  "default-sort-order-id": 0, "sort-orders": [{"order-id": 0, "fields": []}],
  "current-snapshot-id": 9007199254740993, "refs": {"main": {"snapshot-id": 9007199254740993}},
  "snapshots": [
    {"snapshot-id": 1, "timestamp-ms": 5, "summary": {"operation": "append"}},
    {"snapshot-id": 9007199254740993, "parent-snapshot-id": 1, "timestamp-ms": 6,
     "summary": {"operation": "append", "total-records": "12", "total-data-files": "2",
                 "total-files-size": "345", "added-records": "7"}}]
})";

class RoutesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "routes_XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    store_ = *store::LocalStore::Open(folder_ + "/warehouse");
    catalog_ = *catalog::Catalog::Open(folder_ + "/catalog.db");
    external_ = *catalog::ExternalCatalog::Open(folder_ + "/catalog.db");
    Open({});
  }
  void TearDown() override {
    routes_.reset();
    std::filesystem::remove_all(folder_);
  }

  void Open(ServerFacts facts) {
    facts.version = "0.1.0";
    facts.data_dir = "/data";
    facts.endpoints = [] { return std::vector<std::string>{"127.0.0.1:4317", "127.0.0.1:4318"}; };
    if (!facts.can_ack) facts.can_ack = [] { return Status::OK(); };
    facts.figures = [] { return std::string(R"({"journal_bytes": 7})"); };
    routes_.reset();
    routes_ = std::make_unique<Routes>(Routes::Options{.catalog = *catalog_,
                                                       .external = *external_,
                                                       .store = *store_,
                                                       .clock = clock_,
                                                       .facts = std::move(facts)});
  }

  void CreateTable(const std::string& name, const std::string& file = "1.metadata.json",
                   std::string metadata = std::string(kMetadata)) {
    const std::string path = "telemetry/" + name + "/metadata/" + file;
    ASSERT_TRUE(store_->Put(path, metadata).ok());
    catalog::TableMove move{.next = {.name = {.schema = "telemetry", .name = name},
                                     .uuid = "u-" + name,
                                     .location = store_->Uri("telemetry/" + name),
                                     .metadata_location = store_->Uri(path),
                                     .snapshot_id = 9007199254740993,
                                     .delta_version = 3}};
    ASSERT_TRUE(catalog_->Commit({move}, {}).ok());
  }

  net::Response Send(const std::string& method, const std::string& target,
                     std::vector<net::Header> headers = {}) {
    return AskRoutes(*routes_, method, target, std::move(headers));
  }
  json GetJson(const std::string& target) {
    net::Response response = Send("GET", target);
    EXPECT_EQ(response.status, 200) << target << response.body;
    return json::parse(response.body);
  }

  std::string folder_;
  FakeClock clock_{1'000'000'000};
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<catalog::Catalog> catalog_;
  std::unique_ptr<catalog::ExternalCatalog> external_;
  std::unique_ptr<Routes> routes_;
};

std::string TypeOf(const net::Response& response) {
  return json::parse(response.body)["error"]["type"];
}

TEST_F(RoutesTest, LiveAnswersOk) {
  net::Response response = Send("GET", "/live");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "ok\n");
}

TEST_F(RoutesTest, ReadySaysWhyNothingCanBeAcknowledged) {
  Open({.can_ack = [] { return Error(ErrorKind::kRetryLater, "disk is full"); }});

  net::Response response = Send("GET", "/ready");

  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.body, "disk is full\n");
}

TEST_F(RoutesTest, MetricsAreInPrometheusTextFormat) {
  Send("GET", "/live");
  net::Response response = Send("GET", "/metrics");

  EXPECT_EQ(HeaderOf(response, "content-type"), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_THAT(response.body, HasSubstr("weir_serve_answers_total{status=\"2xx\"}"));
}

TEST_F(RoutesTest, StatusCarriesFiguresAndUptime) {
  clock_.Advance(std::chrono::seconds(90));

  json status = GetJson("/api/v1/status");

  EXPECT_EQ(status["uptime_s"], 90);
  EXPECT_EQ(status["version"], "0.1.0");
  EXPECT_EQ(status["endpoints"][1], "127.0.0.1:4318");
  EXPECT_EQ(status["figures"]["journal_bytes"], 7);
  EXPECT_EQ(status["can_ack"], true);
}

TEST_F(RoutesTest, StartPageIsTextForToolsAndHtmlForBrowsers) {
  net::Response text = Send("GET", "/", {{"host", "localhost:99"}});
  net::Response html = Send("GET", "/", {{"accept", "text/html,*/*"}});

  EXPECT_THAT(text.body, HasSubstr("http://localhost:99/iceberg"));
  EXPECT_THAT(HeaderOf(text, "content-type"), HasSubstr("text/plain"));
  // A build without the page tells browsers what it tells tools.
  EXPECT_THAT(HeaderOf(html, "content-type"),
              HasSubstr(page::Files().empty() ? "text/plain" : "text/html"));
}

TEST_F(RoutesTest, UnknownPathsGet404WithAHint) {
  net::Response response = Send("GET", "/nope");

  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(TypeOf(response), "not_found");
  EXPECT_THAT(response.body, HasSubstr("GET / says"));
}

TEST_F(RoutesTest, WrongMethodsGet405AndWhatIsAllowed) {
  net::Response response = Send("PUT", "/api/v1/tables");

  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(HeaderOf(response, "allow"), "GET, HEAD");
}

TEST_F(RoutesTest, HeadHasGetsAnswerWithoutItsBody) {
  net::Response response = Send("HEAD", "/api/v1/status");

  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "");
  EXPECT_EQ(Send("HEAD", "/nope").body, "");
}

TEST_F(RoutesTest, BrokenEscapesGet400) {
  EXPECT_EQ(Send("GET", "/api/v1/tables/%zz/x").status, 400);
  EXPECT_EQ(Send("GET", "/iceberg/v1/namespaces?pageToken=%f").status, 400);
}

TEST_F(RoutesTest, AnswersOnlyToLoopbackNamesWhenBoundToLoopback) {
  EXPECT_EQ(Send("GET", "/api/v1/status", {{"host", "evil.example"}}).status, 421);
  EXPECT_EQ(Send("GET", "/api/v1/status", {{"host", "127.evil.example:80"}}).status, 421);
  EXPECT_EQ(Send("GET", "/api/v1/status", {{"host", "127.0.0.1:4318"}}).status, 200);
  EXPECT_EQ(Send("GET", "/api/v1/status", {{"host", "[::1]:4318"}}).status, 200);
}

TEST_F(RoutesTest, AnswersToAnyNameWhenBoundElsewhere) {
  Open({.is_loopback_only = false});

  EXPECT_EQ(Send("GET", "/live", {{"host", "weir.example"}}).status, 200);
}

TEST_F(RoutesTest, OwnsItsPathsAndLeavesTheReceiversAlone) {
  const auto owns = [](std::string path, net::Protocol protocol = net::Protocol::kHttp1) {
    return Routes::Owns({.protocol = protocol, .method = "GET", .path = std::move(path)});
  };
  EXPECT_TRUE(owns("/"));
  EXPECT_TRUE(owns("/iceberg/v1/config"));
  EXPECT_TRUE(owns("/api/v1/status"));
  EXPECT_FALSE(owns("/v1/traces"));
  EXPECT_FALSE(owns("/api/2.0/otel/v1/traces"));
  EXPECT_FALSE(owns("/iceberg/v1/config", net::Protocol::kGrpc));
}

TEST_F(RoutesTest, ListsTablesWithTheirSizes) {
  CreateTable("otel_spans");

  json tables = GetJson("/api/v1/tables")["tables"];

  ASSERT_EQ(tables.size(), 1u);
  EXPECT_EQ(tables[0]["name"], "otel_spans");
  EXPECT_EQ(tables[0]["rows"], 12);
  EXPECT_EQ(tables[0]["files"], 2);
  EXPECT_EQ(tables[0]["bytes"], 345);
}

TEST_F(RoutesTest, ShowsATablesColumnsAndBothFormats) {
  CreateTable("otel_spans");

  json table = GetJson("/api/v1/tables/telemetry/otel_spans");

  EXPECT_EQ(table["snapshot_id"], "9007199254740993");
  EXPECT_EQ(table["columns"][1]["type"], "map<string, string>");
  EXPECT_EQ(table["columns"][0]["required"], true);
  EXPECT_EQ(table["partitioned_by"][0], "time");
  EXPECT_EQ(table["delta_path"], store_->Uri("telemetry/otel_spans/data"));
  EXPECT_EQ(table["delta_version"], 3);
}

TEST_F(RoutesTest, ListsSnapshotsNewestFirst) {
  CreateTable("otel_spans");

  json snapshots = GetJson("/api/v1/tables/telemetry/otel_spans/snapshots")["snapshots"];

  ASSERT_EQ(snapshots.size(), 2u);
  EXPECT_EQ(snapshots[0]["snapshot_id"], "9007199254740993");
  EXPECT_EQ(snapshots[0]["parent_snapshot_id"], "1");
  EXPECT_EQ(snapshots[0]["added_rows"], 7);
  EXPECT_EQ(snapshots[1]["parent_snapshot_id"], nullptr);
}

TEST_F(RoutesTest, UnknownTablesGet404) {
  net::Response response = Send("GET", "/api/v1/tables/telemetry/nope");
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(TypeOf(response), "not_found");
}

TEST_F(RoutesTest, IcebergConfigListsWhatIsServed) {
  json config = GetJson("/iceberg/v1/config?warehouse=weir");

  EXPECT_EQ(config["overrides"], json::object());
  EXPECT_THAT(config["endpoints"],
              ::testing::Contains("GET /v1/{prefix}/namespaces/{namespace}/tables/{table}"));
  EXPECT_THAT(config["endpoints"],
              Not(::testing::Contains(
                  "POST /v1/{prefix}/namespaces/{namespace}/tables/{table}/plan/{plan-id}")));
}

TEST_F(RoutesTest, IcebergListsNamespaces) {
  CreateTable("otel_spans");

  EXPECT_EQ(GetJson("/iceberg/v1/namespaces")["namespaces"], json::parse(R"([["telemetry"]])"));
  EXPECT_EQ(GetJson("/iceberg/v1/weir/namespaces")["namespaces"].size(), 1u);
  EXPECT_EQ(GetJson("/iceberg/v1/namespaces?parent=telemetry")["namespaces"], json::array());
  EXPECT_EQ(TypeOf(Send("GET", "/iceberg/v1/namespaces?parent=x")), "NoSuchNamespaceException");
}

TEST_F(RoutesTest, IcebergFindsNamespaces) {
  CreateTable("otel_spans");

  EXPECT_EQ(Send("HEAD", "/iceberg/v1/namespaces/telemetry").status, 204);
  EXPECT_EQ(Send("HEAD", "/iceberg/v1/namespaces/other").status, 404);
  EXPECT_EQ(GetJson("/iceberg/v1/namespaces/telemetry")["namespace"], json::array({"telemetry"}));
  EXPECT_EQ(TypeOf(Send("GET", "/iceberg/v1/namespaces/a%1Fb")), "NoSuchNamespaceException");
}

TEST_F(RoutesTest, IcebergPagesThroughTables) {
  for (const char* name : {"a", "b", "c"}) CreateTable(name);

  json first = GetJson("/iceberg/v1/namespaces/telemetry/tables?pageToken=&pageSize=2");
  json rest = GetJson("/iceberg/v1/namespaces/telemetry/tables?pageSize=2&pageToken=" +
                      first["next-page-token"].get<std::string>());

  EXPECT_EQ(first["identifiers"].size(), 2u);
  ASSERT_EQ(rest["identifiers"].size(), 1u);
  EXPECT_EQ(rest["identifiers"][0]["name"], "c");
  EXPECT_EQ(rest["next-page-token"], nullptr);
}

TEST_F(RoutesTest, IcebergRefusesAPageSizeThatIsNoNumber) {
  CreateTable("a");
  EXPECT_EQ(Send("GET", "/iceberg/v1/namespaces/telemetry/tables?pageSize=0").status, 400);
  EXPECT_EQ(Send("GET", "/iceberg/v1/namespaces/telemetry/tables?pageSize=2x").status, 400);
}

TEST_F(RoutesTest, IcebergLoadsATable) {
  CreateTable("otel_spans");

  json loaded = GetJson("/iceberg/v1/namespaces/telemetry/tables/otel_spans");

  EXPECT_EQ(loaded["metadata"], json::parse(kMetadata));
  EXPECT_EQ(loaded["metadata-location"],
            store_->Uri("telemetry/otel_spans/metadata/1.metadata.json"));
  EXPECT_EQ(loaded["config"], json::object());
}

TEST_F(RoutesTest, IcebergLoadsACompressedTable) {
  CreateTable("otel_spans", "1.gz.metadata.json", GzipCompress(kMetadata, 6));

  EXPECT_EQ(GetJson("/iceberg/v1/namespaces/telemetry/tables/otel_spans")["metadata"],
            json::parse(kMetadata));
}

TEST_F(RoutesTest, IcebergLeavesOutUnreferencedSnapshotsWhenAskedTo) {
  CreateTable("otel_spans");

  json loaded = GetJson("/iceberg/v1/namespaces/telemetry/tables/otel_spans?snapshots=refs");

  ASSERT_EQ(loaded["metadata"]["snapshots"].size(), 1u);
  EXPECT_EQ(loaded["metadata"]["snapshots"][0]["snapshot-id"], 9007199254740993);
}

TEST_F(RoutesTest, IcebergAnswersNotModifiedToAKnownETag) {
  CreateTable("otel_spans");
  const std::string target = "/iceberg/v1/namespaces/telemetry/tables/otel_spans";
  const std::string etag = HeaderOf(Send("GET", target), "etag");

  net::Response again = Send("GET", target, {{"if-none-match", "\"x\", " + etag}});
  net::Response other_view = Send("GET", target + "?snapshots=refs", {{"if-none-match", etag}});

  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.body, "");
  EXPECT_EQ(other_view.status, 200);
}

TEST_F(RoutesTest, IcebergTellsWhetherATableExists) {
  CreateTable("otel_spans");

  EXPECT_EQ(Send("HEAD", "/iceberg/v1/namespaces/telemetry/tables/otel_spans").status, 204);
  EXPECT_EQ(Send("HEAD", "/iceberg/v1/namespaces/telemetry/tables/nope").status, 404);
  EXPECT_EQ(TypeOf(Send("GET", "/iceberg/v1/namespaces/telemetry/tables/nope")),
            "NoSuchTableException");
  EXPECT_EQ(TypeOf(Send("GET", "/iceberg/v1/namespaces/telemetry/tables/..%2F..%2Fx")),
            "NoSuchTableException");
}

TEST_F(RoutesTest, IcebergHasNoViewsYet) {
  CreateTable("otel_spans");

  EXPECT_EQ(GetJson("/iceberg/v1/namespaces/telemetry/views")["identifiers"], json::array());
  EXPECT_EQ(TypeOf(Send("GET", "/iceberg/v1/namespaces/telemetry/views/v")), "NoSuchViewException");
}

TEST_F(RoutesTest, IcebergTakesReportsAndRefusesTokens) {
  EXPECT_EQ(Send("POST", "/iceberg/v1/namespaces/telemetry/tables/t/metrics").status, 204);
  net::Response token = Send("POST", "/iceberg/v1/oauth/tokens");
  EXPECT_EQ(token.status, 400);
  EXPECT_EQ(json::parse(token.body)["error"], "unsupported_grant_type");
}

TEST_F(RoutesTest, IcebergTakesTheTokenThatPyIcebergSendsWithoutOne) {
  net::Response response =
      Send("GET", "/iceberg/v1/namespaces", {{"authorization", "Bearer None"}});
  EXPECT_EQ(response.status, 200);
}

TEST_F(RoutesTest, AMissingMetadataFileIsAnInternalErrorThatTellsNoPaths) {
  CreateTable("otel_spans");
  ASSERT_TRUE(store_->Delete("telemetry/otel_spans/metadata/1.metadata.json").ok());

  net::Response response = Send("GET", "/iceberg/v1/namespaces/telemetry/tables/otel_spans");

  EXPECT_EQ(response.status, 500);
  EXPECT_THAT(response.body, Not(HasSubstr("warehouse")));
}

TEST_F(RoutesTest, RefusalsAreWordedInTheStyleOfTheirPath) {
  net::Response response =
      routes_->Refuse({.path = "/iceberg/v1/x"}, net::RefusalReason::kBodyTooLarge);
  EXPECT_EQ(response.status, 413);
  EXPECT_EQ(json::parse(response.body)["error"]["code"], 413);
}

}  // namespace
}  // namespace weir::serve
