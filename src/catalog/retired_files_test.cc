// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "catalog/catalog.h"
#include "catalog/moves_fake.h"
#include "catalog/sqlite.h"

namespace weir::catalog {
namespace {

class RetiredFilesTest : public testing::Test {
 protected:
  RetiredFilesTest() {
    std::string pattern = testing::TempDir() + "retired_files_XXXXXX";
    folder_ = mkdtemp(pattern.data());
    Reopen();
  }
  ~RetiredFilesTest() override {
    catalog_.reset();
    std::filesystem::remove_all(folder_);
  }
  std::string Path() const { return folder_ + "/catalog.db"; }
  void Reopen() { catalog_ = Catalog::Open(Path()).ValueOrDie(); }

  std::string folder_;
  std::unique_ptr<Catalog> catalog_;
};

TEST_F(RetiredFilesTest, ListsRetiredFilesUntilTheyAreForgotten) {
  ASSERT_TRUE(catalog_->Commit({Create(kSpans)}, {}).ok());
  TableMove move = Append(kSpans, 1);
  move.retired = {{"data/a", 1, 5, 1'000}, {"data/b", 2, 5, 1'000}};
  ASSERT_TRUE(catalog_->Commit({move}, {}).ok());

  EXPECT_TRUE(catalog_->ListRetired(kSpans, 1'000)->empty());
  const auto retired = catalog_->ListRetired(kSpans, 1'001).ValueOrDie();
  EXPECT_EQ(retired, move.retired);
  EXPECT_TRUE(catalog_->ListRetired(kLogs, 1'001)->empty());

  ASSERT_TRUE(catalog_->ForgetRetired(kSpans, {"data/a", "data/none"}).ok());
  EXPECT_EQ(catalog_->ListRetired(kSpans, 1'001)->size(), 1u);
}

TEST_F(RetiredFilesTest, RetiresNothingWhenTheMoveConflicts) {
  ASSERT_TRUE(catalog_->Commit({Create(kSpans)}, {}).ok());
  TableMove move = Append(kSpans, 7);
  move.retired = {{"data/a", 1, 5, 9}};

  EXPECT_EQ(KindOf(catalog_->Commit({move}, {})), ErrorKind::kConflict);

  EXPECT_TRUE(catalog_->ListRetired(kSpans, INT64_MAX)->empty());
}

TEST_F(RetiredFilesTest, BringsAnOlderCatalogUpToDate) {
  ASSERT_TRUE(catalog_->Commit({Create(kSpans)}, {}).ok());
  catalog_.reset();
  {
    auto database = sqlite::Database::Open(Path()).ValueOrDie();
    ASSERT_TRUE(database
                    .Run("DROP TABLE retired_files; DROP TABLE external_objects;"
                         " DROP TABLE external_namespaces; DROP TABLE external_purges;"
                         " DROP TABLE external_answers; DROP TABLE forgotten_rows;"
                         " DROP TABLE forget_requests; PRAGMA user_version = 1")
                    .ok());
  }

  Reopen();

  EXPECT_TRUE(catalog_->ListRetired(kSpans, INT64_MAX)->empty());
  EXPECT_EQ(catalog_->Load(kSpans)->metadata_location, "0.metadata.json");
}

}  // namespace
}  // namespace weir::catalog
