// SPDX-License-Identifier: Apache-2.0
#include "serve/verify_api.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "maintain/two_formats_fake.h"
#include "serve/routes_fake.h"

namespace weir::serve {
namespace {

using maintain::TwoFormatsFake;
using nlohmann::json;

class VerifyApiTest : public ::testing::Test {
 protected:
  VerifyApiTest() {
    for (int commit = 0; commit < 3; ++commit) table_.Commit();
    const maintain::Lake lake = table_.lake();
    std::string pattern = ::testing::TempDir() + "verify_api_XXXXXX";
    EXPECT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    external_ = catalog::ExternalCatalog::Open(folder_ + "/catalog.db").ValueOrDie();
    routes_ = std::make_unique<Routes>(Routes::Options{.catalog = lake.catalog,
                                                       .external = *external_,
                                                       .store = table_.store(),
                                                       .clock = lake.clock,
                                                       .facts = {}});
  }
  ~VerifyApiTest() override { std::filesystem::remove_all(folder_); }

  json Get(const std::string& target, int status = 200) {
    const net::Response response = AskRoutes(*routes_, "GET", "/api/v1/verify" + target, {});
    EXPECT_EQ(response.status, status) << response.body;
    return json::parse(response.body);
  }

  std::string folder_;
  TwoFormatsFake table_;
  std::unique_ptr<catalog::ExternalCatalog> external_;
  std::unique_ptr<Routes> routes_;
};

TEST_F(VerifyApiTest, NamesTablesWithoutReadingThem) {
  table_.Delete(table_.MetadataPath());

  EXPECT_EQ(Get("")["tables"], json::parse(R"([{"schema":"telemetry","name":"otel_spans"}])"));
}

TEST_F(VerifyApiTest, TellsThatATableIsSound) {
  const json report = Get("/telemetry/otel_spans");

  EXPECT_EQ(report["errors"], 0);
  EXPECT_EQ(report["findings"], json::array());
  EXPECT_EQ(report["files"], 3);
  EXPECT_EQ(report["delta_version"], 3);
}

TEST_F(VerifyApiTest, TellsWhatIsWrongAndWhatToDo) {
  table_.Delete(TwoFormatsFake::DataPath(2));

  const json report = Get("/telemetry/otel_spans");

  EXPECT_EQ(report["errors"], 1);
  const json& finding = report["findings"][0];
  EXPECT_EQ(finding["check"], "file_missing");
  EXPECT_EQ(finding["severity"], "error");
  EXPECT_EQ(finding["format"], "data");
  EXPECT_EQ(finding["file"], "data/date=2026-11-20/2.parquet");
  EXPECT_NE(finding["advice"], "");
}

TEST_F(VerifyApiTest, ReadsFootersFromAFileOn) {
  const std::string snapshot = Get("/telemetry/otel_spans")["snapshot_id"];

  const json footers = Get("/telemetry/otel_spans/footers?first=1&snapshot_id=" + snapshot);

  EXPECT_EQ(footers["files"], 3);
  EXPECT_EQ(footers["checked"], 2);
  EXPECT_EQ(footers["next"], nullptr);
}

TEST_F(VerifyApiTest, TakesTheGraceInSeconds) {
  table_.Write(maintain::kRoot + "/data/lost.parquet", "x");

  EXPECT_EQ(Get("/telemetry/otel_spans?grace_s=1")["warnings"], 1);
  EXPECT_EQ(Get("/telemetry/otel_spans?grace_s=9223372036854775807")["warnings"], 0);
}

TEST_F(VerifyApiTest, RefusesUnknownTablesSnapshotsAndNumbers) {
  Get("/telemetry/nothing", 404);
  Get("/telemetry/Not%20A%20Name", 404);
  Get("/telemetry/otel_spans/footers?snapshot_id=1", 409);
  Get("/telemetry/otel_spans/footers?snapshot_id=x", 400);
  Get("/telemetry/otel_spans?grace_s=-1", 400);
}

}  // namespace
}  // namespace weir::serve
