// SPDX-License-Identifier: Apache-2.0
#include "serve/maintain_api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "maintain/two_formats_fake.h"

namespace weir::serve {
namespace {

using nlohmann::json;
using testing::HasSubstr;

const std::vector<net::Header> kJson = {{"content-type", "application/json"}};

class MaintainApiTest : public testing::Test {
 protected:
  MaintainApiTest() {
    requests_ = catalog::ForgetRequests::Open(table_.folder() + "/catalog.db").ValueOrDie();
    AddMaintainRoutes(router_, {&operations_, requests_.get()}, table_.catalog(), table_.clock);
  }

  /// The answer's JSON; a failure's message where there is one.
  Result<json> Ask(const std::string& method, const std::string& path, const std::string& body = "",
                   const std::vector<net::Header>& headers = kJson) {
    const net::Request request{
        .head = {.method = method, .path = "/api/v1/maintain/" + path, .headers = headers},
        .body = body};
    Routing routing = router_.Find(request.head);
    if (const auto* refused = std::get_if<net::Response>(&routing)) {
      return Error(ErrorKind::kNotFound, refused->body);
    }
    auto& match = std::get<RouteMatch>(routing);
    const net::Response response = TRY(match.route->answer(
        {.request = request, .arguments = std::move(match.arguments), .parameters = {}}));
    return json::parse(response.body);
  }
  std::string Refusal(const std::string& path, const std::string& body) {
    const auto answer = Ask("POST", path, body);
    EXPECT_EQ(KindOf(answer.status()), ErrorKind::kBadRequest) << body;
    return answer.status().message();
  }

  maintain::TwoFormatsFake table_;
  std::unique_ptr<catalog::ForgetRequests> requests_;
  maintain::Operations operations_;
  Router router_;
};

TEST_F(MaintainApiTest, HandsOperationsOver) {
  const json begun = *Ask(
      "POST", "expire", R"({"table":"telemetry.otel_spans","older_than_days":30,"dry_run":true})");

  const auto taken = operations_.Take();
  ASSERT_TRUE(taken);
  EXPECT_EQ(begun["operation"], taken->id);
  EXPECT_EQ(taken->request.verb, maintain::Verb::kExpire);
  EXPECT_EQ(taken->request.table, (catalog::TableName{"telemetry", "otel_spans"}));
  EXPECT_EQ(taken->request.older_than_days, 30);
  EXPECT_TRUE(taken->request.is_dry_run);
  operations_.AddStep(taken->id, {.table = "t", .action = "drop_partition", .rows = 7});
  operations_.End(taken->id, Status::OK());
  const json shown = *Ask("GET", "operations/1");
  EXPECT_EQ(shown["state"], "done");
  EXPECT_EQ(shown["steps"][0]["rows"], 7);
}

TEST_F(MaintainApiTest, TakesADay) {
  EXPECT_TRUE(Ask("POST", "expire", R"({"date":"2026-11-20"})").ok());

  EXPECT_EQ(operations_.Take()->request.date, 20'777);
  EXPECT_THAT(Refusal("expire", R"({"date":"2026-02-30"})"), HasSubstr("2026-02-30"));
  EXPECT_THAT(Refusal("expire", R"({"date":"today"})"), HasSubstr("expected a day"));
}

TEST_F(MaintainApiTest, NotesRequestsToForgetAndNeverShowsTheValue) {
  const json begun = *Ask("POST", "forget", R"({"column":"user_id","value":"alice"})");

  EXPECT_EQ(requests_->ListOpen()->front().value, "alice");
  const json shown = *Ask("GET", "forget/" + begun["request"].dump());
  EXPECT_EQ(shown["state"], "open");
  EXPECT_EQ(shown["column"], "user_id");
  EXPECT_THAT(shown.dump(), testing::Not(HasSubstr("alice")));
  EXPECT_EQ((*Ask("GET", "forget"))["requests"].size(), 1u);
}

TEST_F(MaintainApiTest, OnlyLooksWhereThatIsAsked) {
  EXPECT_TRUE(Ask("POST", "forget", R"({"column":"user_id","value":"alice","dry_run":true})").ok());

  EXPECT_TRUE(requests_->ListOpen()->empty());
  EXPECT_EQ(operations_.Take()->request.forgotten->value, "alice");
}

TEST_F(MaintainApiTest, RefusesWhatItDoesNotKnow) {
  EXPECT_THAT(Refusal("gc", "no JSON"), HasSubstr("no JSON object"));
  EXPECT_THAT(Refusal("gc", R"({"dryrun":true})"), HasSubstr("unknown member dryrun"));
  EXPECT_THAT(Refusal("gc", R"({"grace_s":-1})"), HasSubstr("grace_s"));
  EXPECT_THAT(Refusal("gc", R"({"dry_run":"yes"})"), HasSubstr("true or false"));
  EXPECT_THAT(Refusal("compact", R"({"table":"otel_spans"})"), HasSubstr("schema.name"));
  EXPECT_THAT(Refusal("forget", R"({"column":"body","value":"x"})"), HasSubstr("trace_id"));
  EXPECT_THAT(Refusal("forget", R"({"column":"trace_id","value":"x"})"), HasSubstr("32 hex"));
  EXPECT_EQ(KindOf(Ask("POST", "compact", R"({"table":"telemetry.none"})").status()),
            ErrorKind::kNotFound);
  EXPECT_EQ(KindOf(Ask("GET", "operations/9").status()), ErrorKind::kNotFound);
  EXPECT_EQ(KindOf(Ask("GET", "forget/x").status()), ErrorKind::kNotFound);
}

// A page of a foreign site can post a form or plain text to a server on the same machine.
TEST_F(MaintainApiTest, RefusesWhatABrowserSendsForAForeignPage) {
  const auto answer = Ask("POST", "gc", "{}", {{"content-type", "text/plain"}});

  EXPECT_EQ(KindOf(answer.status()), ErrorKind::kBadRequest);
  EXPECT_THAT(answer.status().message(), HasSubstr("application/json"));
  EXPECT_FALSE(operations_.Take());
}

}  // namespace
}  // namespace weir::serve
