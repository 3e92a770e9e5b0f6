// SPDX-License-Identifier: Apache-2.0
#include "catalog/external_catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "catalog/catalog.h"
#include "catalog/moves_fake.h"

namespace weir::catalog {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ExternalCatalogTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "external_XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    Reopen();
  }
  void TearDown() override {
    external_.reset();
    std::filesystem::remove_all(folder_);
  }
  void Reopen() {
    external_.reset();
    external_ = ExternalCatalog::Open(folder_ + "/catalog.db").ValueOrDie();
  }

  Status Do(const std::vector<Step>& steps) { return external_->Apply(steps, {}, 1'000); }
  std::string LocationOf(const ObjectName& name) {
    const auto found = external_->FindObject(name).ValueOrDie();
    return found ? found->metadata_location : "none";
  }

  std::string folder_;
  std::unique_ptr<ExternalCatalog> external_;
};

ObjectEntry Entry(const std::string& name, const std::string& location = "",
                  ObjectKind kind = ObjectKind::kTable) {
  return {.name = {.levels = {"ns"}, .name = name},
          .kind = kind,
          .uuid = "u-" + name,
          .location = location.empty() ? "file:///w/" + name : location,
          .metadata_location = "0.json"};
}
MoveObject Move(const std::string& name, const std::string& from, const std::string& to) {
  MoveObject move{.next = Entry(name), .expected_metadata_location = from};
  move.next.metadata_location = to;
  return move;
}
const Step kNs = CreateNamespace{.levels = {"ns"}, .properties = {}};

TEST_F(ExternalCatalogTest, KeepsNamespacesOfManyLevels) {
  ASSERT_TRUE(Do({kNs, CreateNamespace{{"ns", "a"}, {{"k", "v"}}},
                  CreateNamespace{{"ns", "a", "b"}, {}}, CreateNamespace{{"ns b"}, {}}})
                  .ok());

  Reopen();

  EXPECT_THAT(*external_->ListNamespaces({}), ElementsAre(Namespace{"ns"}, Namespace{"ns b"}));
  EXPECT_THAT(*external_->ListNamespaces({"ns"}), ElementsAre(Namespace{"ns", "a"}));
  EXPECT_EQ((**external_->FindNamespace({"ns", "a"})).at("k"), "v");
  EXPECT_FALSE(external_->FindNamespace({"a"})->has_value());
}

TEST_F(ExternalCatalogTest, WantsAParentAndAnEmptyNamespaceToDrop) {
  EXPECT_EQ(KindOf(Do({CreateNamespace{{"ns", "a"}, {}}})), ErrorKind::kNotFound);
  ASSERT_TRUE(Do({kNs, CreateNamespace{{"ns", "a"}, {}}}).ok());
  EXPECT_EQ(KindOf(Do({kNs})), ErrorKind::kConflict);

  EXPECT_EQ(KindOf(Do({DropNamespace{{"ns"}}})), ErrorKind::kConflict);
  ASSERT_TRUE(Do({DropNamespace{{"ns", "a"}}, CreateObject{Entry("t")}}).ok());
  EXPECT_EQ(KindOf(Do({DropNamespace{{"ns"}}})), ErrorKind::kConflict);
  EXPECT_TRUE(Do({DropObject{.name = Entry("t").name}, DropNamespace{{"ns"}}}).ok());
  EXPECT_EQ(KindOf(Do({DropNamespace{{"ns"}}})), ErrorKind::kNotFound);
}

TEST_F(ExternalCatalogTest, SetsPropertiesOnlyOverWhatWasRead) {
  ASSERT_TRUE(Do({kNs}).ok());

  EXPECT_TRUE(Do({SetProperties{{"ns"}, {}, {{"a", "1"}}}}).ok());
  EXPECT_EQ(KindOf(Do({SetProperties{{"ns"}, {}, {{"a", "2"}}}})), ErrorKind::kConflict);
  EXPECT_EQ((**external_->FindNamespace({"ns"})).at("a"), "1");
}

TEST_F(ExternalCatalogTest, MovesATableOnlyFromWhereItIs) {
  ASSERT_TRUE(Do({kNs, CreateObject{Entry("t")}}).ok());

  EXPECT_TRUE(Do({Move("t", "0.json", "1.json")}).ok());
  EXPECT_EQ(KindOf(Do({Move("t", "0.json", "2.json")})), ErrorKind::kConflict);
  EXPECT_EQ(LocationOf(Entry("t").name), "1.json");
}

TEST_F(ExternalCatalogTest, DoesAllStepsOrNone) {
  ASSERT_TRUE(Do({kNs, CreateObject{Entry("a")}, CreateObject{Entry("b")}}).ok());

  const Status moved = Do({Move("a", "0.json", "1.json"), Move("b", "9.json", "1.json")});

  EXPECT_EQ(KindOf(moved), ErrorKind::kConflict);
  EXPECT_EQ(LocationOf(Entry("a").name), "0.json");
}

TEST_F(ExternalCatalogTest, ATableAndAViewMayNotShareAName) {
  ASSERT_TRUE(Do({kNs, CreateObject{Entry("t")}}).ok());

  const Status view = Do({CreateObject{Entry("t", "file:///w/v", ObjectKind::kView)}});

  EXPECT_EQ(KindOf(view), ErrorKind::kConflict);
  EXPECT_THAT(view.message(), HasSubstr("Table already exists: ns.t"));
  EXPECT_EQ(KindOf(Do({DropObject{.kind = ObjectKind::kView, .name = Entry("t").name}})),
            ErrorKind::kNotFound);
}

TEST_F(ExternalCatalogTest, ALocationBelongsToOneObject) {
  ASSERT_TRUE(Do({kNs, CreateObject{Entry("a", "file:///w/x")}}).ok());

  EXPECT_EQ(KindOf(Do({CreateObject{Entry("b", "file:///w/x")}})), ErrorKind::kConflict);
}

TEST_F(ExternalCatalogTest, RenamesIntoAnotherNamespace) {
  ASSERT_TRUE(Do({kNs, CreateNamespace{{"other"}, {}}, CreateObject{Entry("t")}}).ok());
  const ObjectName to{.levels = {"other"}, .name = "x"};

  EXPECT_TRUE(Do({RenameObject{.from = Entry("t").name, .to = to}}).ok());

  EXPECT_EQ(LocationOf(to), "0.json");
  EXPECT_EQ(LocationOf(Entry("t").name), "none");
  EXPECT_EQ(KindOf(Do({RenameObject{.from = to, .to = {.levels = {"no"}, .name = "x"}}})),
            ErrorKind::kNotFound);
}

TEST_F(ExternalCatalogTest, NotesWhatADropWantsGoneAndGivesItToNobody) {
  ASSERT_TRUE(Do({kNs, CreateObject{Entry("kept")}, CreateObject{Entry("gone")}}).ok());
  ASSERT_TRUE(Do({DropObject{.name = Entry("kept").name},
                  DropObject{.name = Entry("gone").name, .is_purged = true}})
                  .ok());

  auto purges = *external_->ListPurges();
  ASSERT_EQ(purges.size(), 1u);
  EXPECT_EQ(purges[0].location, "file:///w/gone");
  EXPECT_EQ(purges[0].dropped_ms, 1'000);

  EXPECT_EQ(KindOf(Do({CreateObject{Entry("gone")}})), ErrorKind::kConflict);
  EXPECT_TRUE(Do({CreateObject{Entry("kept")}}).ok());
  ASSERT_TRUE(external_->ForgetPurge("file:///w/gone").ok());
  EXPECT_TRUE(Do({CreateObject{Entry("gone")}}).ok());
}

TEST_F(ExternalCatalogTest, KeepsAnAnswerWithTheChangeAndNotWithoutIt) {
  const KeptAnswer answer{.key = "k", .request = "r", .status = 200, .body = "{}"};

  EXPECT_FALSE(external_->Apply({CreateObject{Entry("t")}}, answer, 5).ok());
  EXPECT_FALSE(external_->FindAnswer("k")->has_value());
  EXPECT_TRUE(external_->Apply({kNs}, answer, 5).ok());
  ASSERT_TRUE(external_->FindAnswer("k")->has_value());
  EXPECT_EQ((**external_->FindAnswer("k")).body, "{}");

  ASSERT_TRUE(external_->ForgetAnswers(6).ok());
  EXPECT_FALSE(external_->FindAnswer("k")->has_value());
}

TEST_F(ExternalCatalogTest, StandsBesideWeirsOwnTables) {
  auto own = Catalog::Open(folder_ + "/catalog.db").ValueOrDie();
  ASSERT_TRUE(own->Commit({Create(kSpans)}, {}).ok());
  ASSERT_TRUE(Do({kNs, CreateObject{Entry("t")}}).ok());

  EXPECT_THAT(*own->ListSchemas(), ElementsAre("telemetry"));
  EXPECT_THAT(*external_->ListNamespaces({}), ElementsAre(Namespace{"ns"}));
}

}  // namespace
}  // namespace weir::catalog
