// SPDX-License-Identifier: Apache-2.0
#pragma once
// For tests: an engine that speaks to the REST catalog without a network.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "serve/routes_fake.h"
#include "store/local_store.h"

namespace weir::serve::iceberg {

using nlohmann::json;

inline const std::string kTables = "/namespaces/ns/tables";
inline const std::string kTable = kTables + "/t";
inline const std::string kViews = "/namespaces/ns/views";

/// An engine that owns a namespace `ns`.
class RestCatalogTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "rest_XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    store_ = *store::LocalStore::Open(folder_);
    catalog_ = *catalog::Catalog::Open(folder_ + "/catalog.db");
    external_ = *catalog::ExternalCatalog::Open(folder_ + "/catalog.db");
    routes_ = std::make_unique<Routes>(Routes::Options{.catalog = *catalog_,
                                                       .external = *external_,
                                                       .store = *store_,
                                                       .clock = clock_,
                                                       .facts = {}});
    Post("/namespaces", {{"namespace", {"ns"}}});
  }
  void TearDown() override {
    routes_.reset();
    std::filesystem::remove_all(folder_);
  }

  net::Response Ask(const std::string& method, const std::string& target,
                    const std::string& body = "", const std::string& key = "") {
    std::vector<net::Header> headers;
    if (!key.empty()) headers.push_back({"idempotency-key", key});
    return AskRoutes(*routes_, method, "/iceberg/v1" + target, std::move(headers), body);
  }
  json Post(const std::string& target, const json& body, int status = 200) {
    const net::Response response = Ask("POST", target, body.dump());
    EXPECT_EQ(response.status, status) << target << " " << response.body;
    return response.body.empty() ? json() : json::parse(response.body);
  }
  json Get(const std::string& target, int status = 200) {
    const net::Response response = Ask("GET", target);
    EXPECT_EQ(response.status, status) << target << " " << response.body;
    return json::parse(response.body);
  }
  std::string ErrorOf(const json& answer) { return answer["error"]["type"]; }

  json NewTable(const std::string& name = "t") {
    return {{"name", name},
            {"schema",
             {{"type", "struct"},
              {"fields", {{{"id", 1}, {"name", "a"}, {"type", "int"}, {"required", false}}}}}}};
  }
  json NewView(const std::string& name) {
    json view = NewTable(name);
    view["view-version"] = {
        {"version-id", 1},
        {"timestamp-ms", 5},
        {"schema-id", 0},
        {"summary", json::object()},
        {"default-namespace", {"ns"}},
        {"representations", {{{"type", "sql"}, {"sql", "select 1"}, {"dialect", "spark"}}}}};
    view["properties"] = json::object();
    return view;
  }
  json SetProperty(const std::string& value) {
    return {{"requirements", json::array()},
            {"updates", {{{"action", "set-properties"}, {"updates", {{"p", value}}}}}}};
  }
  /// As a commit of telemetry makes it.
  void CreateOwnTable() {
    const std::string path = "tables/telemetry/otel_spans/metadata/0.metadata.json";
    ASSERT_TRUE(store_->Put(path, R"({"format-version": 2})").ok());
    const catalog::TableMove move{.next = {.name = {.schema = "telemetry", .name = "otel_spans"},
                                           .uuid = "u",
                                           .location = store_->Uri("tables/telemetry/otel_spans"),
                                           .metadata_location = store_->Uri(path)}};
    ASSERT_TRUE(catalog_->Commit({move}, {}).ok());
  }

  std::string folder_;
  FakeClock clock_{1'000'000'000};
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<catalog::Catalog> catalog_;
  std::unique_ptr<catalog::ExternalCatalog> external_;
  std::unique_ptr<Routes> routes_;
};

}  // namespace weir::serve::iceberg
