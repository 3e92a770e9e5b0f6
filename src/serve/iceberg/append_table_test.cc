// SPDX-License-Identifier: Apache-2.0
#include "serve/iceberg/append_table.h"

#include "serve/iceberg/engine_fake.h"

namespace weir::serve::iceberg {
namespace {

using table::iceberg::ProposedSnapshot;
using ::testing::HasSubstr;

const std::string kSpans = "/namespaces/telemetry/tables/otel_spans";
const std::string kKey = "01234567-89ab-4def-8123-456789abcdef";

class AppendTableTest : public RestCatalogTest {
 protected:
  void SetUp() override {
    RestCatalogTest::SetUp();
    routes_.reset();
    routes_ = std::make_unique<Routes>(
        Routes::Options{.catalog = *catalog_,
                        .external = *external_,
                        .store = *store_,
                        .clock = clock_,
                        .facts = {},
                        .append = [this](const auto& name, const auto& proposed) {
                          EXPECT_EQ(name.ToString(), "telemetry.otel_spans");
                          asked_.push_back(proposed);
                          return answer_;
                        }});
    CreateOwnTable();
  }
  json Append() {
    return json::parse(
        R"({"requirements": [{"type": "assert-ref-snapshot-id", "ref": "main", "snapshot-id": 3}],
      "updates": [{"action": "add-snapshot", "snapshot": {"snapshot-id": 4, "parent-snapshot-id": 3,
        "sequence-number": 2, "timestamp-ms": 9, "manifest-list": "file:///list",
        "summary": {"operation": "append", "added-records": "5", "total-records": "7", "spark.app.id": "app"}}},
       {"action": "set-snapshot-ref", "ref-name": "main", "type": "branch", "snapshot-id": 4}]})");
  }
  std::string Refusal(const json& body, int status = 403) {
    const json answer = Post(kSpans, body, status);
    EXPECT_TRUE(asked_.empty()) << body;
    return answer["error"]["message"];
  }

  std::vector<ProposedSnapshot> asked_;
  Status answer_;
};

TEST_F(AppendTableTest, AsksForWhatTheEngineProposes) {
  const json answer = Post(kSpans, Append());

  EXPECT_EQ(answer["metadata"]["format-version"], 2);
  ASSERT_EQ(asked_.size(), 1U);
  EXPECT_EQ(asked_[0].snapshot_id, 4);
  EXPECT_EQ(asked_[0].parent_snapshot_id, 3);
  EXPECT_EQ(asked_[0].manifest_list, "file:///list");
  EXPECT_EQ(asked_[0].summary, (std::map<std::string, std::string>{{"spark.app.id", "app"}}));
}

TEST_F(AppendTableTest, TakesItAsATransactionOfOneTable) {
  json change = Append();
  change["identifier"] = {{"namespace", {"telemetry"}}, {"name", "otel_spans"}};

  const json body = {{"table-changes", {change}}};
  EXPECT_EQ(Ask("POST", "/transactions/commit", body.dump(), kKey).status, 204);
  EXPECT_EQ(Ask("POST", "/transactions/commit", body.dump(), kKey).status, 204);

  EXPECT_EQ(asked_.size(), 1U);
}

TEST_F(AppendTableTest, TellsWhatBecameOfIt) {
  answer_ = Error(ErrorKind::kBadRequest, "file x has no rows");
  EXPECT_THAT(std::string(Post(kSpans, Append(), 400)["error"]["message"]),
              HasSubstr("file x has no rows"));
  answer_ = Error(ErrorKind::kConflict, "load the table again");
  EXPECT_EQ(ErrorOf(Post(kSpans, Append(), 409)), "CommitFailedException");
  answer_ = Error(ErrorKind::kUnknownOutcome, "perhaps");
  Post(kSpans, Append(), 504);
}

TEST_F(AppendTableTest, AnswersAKeyAgainWithoutAskingTwice) {
  const std::string body = Append().dump();

  const net::Response first = Ask("POST", kSpans, body, kKey);
  const net::Response second = Ask("POST", kSpans, body, kKey);

  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(second.status, 200);
  EXPECT_EQ(second.body, first.body);
  EXPECT_EQ(asked_.size(), 1U);
  EXPECT_EQ(Ask("POST", kSpans, "{}", kKey).status, 422);
}

TEST_F(AppendTableTest, RefusesAllThatIsNoAppend) {
  const auto with = [&](const char* pointer, const json& value) {
    json body = Append();
    body[json::json_pointer(pointer)] = value;
    return Refusal(body);
  };
  EXPECT_THAT(with("/updates/0/snapshot/summary/operation", "overwrite"),
              HasSubstr("may not replace, overwrite or delete any (operation `overwrite`)"));
  EXPECT_THAT(with("/updates/1/ref-name", "dev"), HasSubstr("may not set the branch dev"));
  EXPECT_THAT(with("/updates/1/type", "tag"), HasSubstr("may not set the tag main"));
  EXPECT_THAT(with("/updates/1/max-ref-age-ms", 5), HasSubstr("may not set max-ref-age-ms"));
  EXPECT_THAT(with("/updates/1/snapshot-id", 3), HasSubstr("not what they append"));
  EXPECT_THAT(with("/updates/2", {{"action", "remove-snapshots"}}),
              HasSubstr("may not ask for `remove-snapshots`"));
  EXPECT_THAT(with("/updates/2", Append()["updates"][0]), HasSubstr("not two"));
  EXPECT_THAT(with("/updates", json::array({Append()["updates"][0]})), HasSubstr("stage"));
  EXPECT_THAT(with("/updates", json::array()), HasSubstr("appends none"));
}

TEST_F(AppendTableTest, HoldsRequirementsOtherThanThatMainStaysAgainstTheTable) {
  json body = Append();
  body["requirements"].push_back({{"type", "assert-table-uuid"}, {"uuid", "other"}});

  EXPECT_THAT(Refusal(body, 409), HasSubstr("UUID does not match"));
  body = Append();
  body["requirements"][0]["snapshot-id"] = 2;  // Not what it was made on.
  EXPECT_THAT(Refusal(body, 409), HasSubstr("main is missing, expected 2"));
}

}  // namespace
}  // namespace weir::serve::iceberg
