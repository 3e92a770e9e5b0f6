// SPDX-License-Identifier: Apache-2.0
#include "serve/iceberg/lake.h"

#include <functional>

#include "serve/iceberg/engine_fake.h"

namespace weir::serve::iceberg {
namespace {

using ::testing::SizeIs;

/// The real catalog, with something happening to what is applied.
class FaultyCatalog final : public catalog::ExternalCatalog {
 public:
  using Fault = std::function<Status(const std::function<Status()>& apply)>;

  FaultyCatalog(catalog::ExternalCatalog& real, Fault fault)
      : real_(real), fault_(std::move(fault)) {}

  Result<std::vector<catalog::Namespace>> ListNamespaces(
      const catalog::Namespace& parent) const override {
    return real_.ListNamespaces(parent);
  }
  Result<std::optional<catalog::Properties>> FindNamespace(
      const catalog::Namespace& levels) const override {
    return real_.FindNamespace(levels);
  }
  Result<std::vector<std::string>> ListObjects(const catalog::Namespace& levels,
                                               catalog::ObjectKind kind) const override {
    return real_.ListObjects(levels, kind);
  }
  Result<std::optional<catalog::ObjectEntry>> FindObject(
      const catalog::ObjectName& name) const override {
    return real_.FindObject(name);
  }
  Status Apply(const std::vector<catalog::Step>& steps,
               const std::optional<catalog::KeptAnswer>& answer, int64_t now_ms) override {
    return fault_([&] { return real_.Apply(steps, answer, now_ms); });
  }
  Result<std::optional<catalog::KeptAnswer>> FindAnswer(const std::string& key) const override {
    return real_.FindAnswer(key);
  }
  Status ForgetAnswers(int64_t before_ms) override { return real_.ForgetAnswers(before_ms); }
  Result<std::vector<catalog::Purge>> ListPurges() const override { return real_.ListPurges(); }
  Status ForgetPurge(const std::string& location) override { return real_.ForgetPurge(location); }

 private:
  catalog::ExternalCatalog& real_;
  Fault fault_;
};

class CommitTest : public RestCatalogTest {
 protected:
  /// The status of a commit to table `t` of which `fault` is the catalog's transaction.
  net::Response CommitWith(FaultyCatalog::Fault fault) {
    FaultyCatalog faulty(*external_, std::move(fault));
    const Routes routes(Routes::Options{
        .catalog = *catalog_, .external = faulty, .store = *store_, .clock = clock_, .facts = {}});
    return AskRoutes(routes, "POST", "/iceberg/v1" + kTable, {}, SetProperty("1").dump());
  }
  Status Unknown() { return Error(ErrorKind::kUnknownOutcome, "COMMIT did not answer"); }
};

TEST_F(CommitTest, IsDoneWhereTheCatalogShowsItThoughCommitDidNotAnswer) {
  Post(kTables, NewTable());

  const net::Response response = CommitWith([&](const auto& apply) {
    EXPECT_TRUE(apply().ok());
    return Unknown();
  });

  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(Get(kTable)["metadata"]["properties"]["p"], "1");
}

TEST_F(CommitTest, IsUnknownWhereTheCatalogDoesNotShowItAndDeletesNothing) {
  Post(kTables, NewTable());

  const net::Response response = CommitWith([&](const auto&) { return Unknown(); });

  EXPECT_EQ(response.status, 504);
  EXPECT_EQ(ErrorOf(json::parse(response.body)), "CommitStateUnknownException");
  EXPECT_THAT(*store_->List("external"), SizeIs(2));
}

TEST_F(CommitTest, IsRefusedWhereAnotherCameFirstAndLeavesNoFile) {
  Post(kTables, NewTable());

  const net::Response response = CommitWith([&](const auto& apply) {
    Post(kTable, SetProperty("2"));
    return apply();
  });

  EXPECT_EQ(response.status, 409);
  EXPECT_EQ(ErrorOf(json::parse(response.body)), "CommitFailedException");
  EXPECT_EQ(Get(kTable)["metadata"]["properties"]["p"], "2");
  EXPECT_THAT(*store_->List("external"), SizeIs(2));
}

TEST_F(CommitTest, OfSeveralTablesWantsThoseThatItOnlyAssertsToStayToo) {
  Post(kTables, NewTable());
  Post(kTables, NewTable("asserted"));
  json change = SetProperty("1");
  change["identifier"] = {{"namespace", {"ns"}}, {"name", "t"}};
  const json only_asserted = {{"identifier", {{"namespace", {"ns"}}, {"name", "asserted"}}},
                              {"requirements", json::array()},
                              {"updates", json::array()}};
  FaultyCatalog faulty(*external_, [&](const auto& apply) {
    Post(kTables + "/asserted", SetProperty("2"));
    return apply();
  });
  const Routes routes(Routes::Options{
      .catalog = *catalog_, .external = faulty, .store = *store_, .clock = clock_, .facts = {}});

  const net::Response response =
      AskRoutes(routes, "POST", "/iceberg/v1/transactions/commit", {},
                json({{"table-changes", {change, only_asserted}}}).dump());

  EXPECT_EQ(response.status, 409);
  EXPECT_FALSE(Get(kTable)["metadata"]["properties"].contains("p"));
}

TEST_F(CommitTest, IsToBeTriedAgainWhereTheDiskFailedAndNothingWasDone) {
  Post(kTables, NewTable());

  const net::Response response =
      CommitWith([&](const auto&) { return Error(ErrorKind::kRetryLater, "disk is full"); });

  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(HeaderOf(response, "retry-after"), "1");
  EXPECT_THAT(*store_->List("external"), SizeIs(1));
}

}  // namespace
}  // namespace weir::serve::iceberg
