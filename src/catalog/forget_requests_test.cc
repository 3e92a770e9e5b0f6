// SPDX-License-Identifier: Apache-2.0
#include "catalog/forget_requests.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "catalog/moves_fake.h"

namespace weir::catalog {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class ForgetRequestsTest : public testing::Test {
 protected:
  void SetUp() override { Open(); }
  void TearDown() override {
    Close();
    std::filesystem::remove_all(folder_);
  }
  void Open() {
    catalog_ = Catalog::Open(Path()).ValueOrDie();
    requests_ = ForgetRequests::Open(Path()).ValueOrDie();
  }
  void Close() {
    requests_.reset();
    catalog_.reset();
  }
  std::string Path() const { return folder_ + "/catalog.db"; }
  /// All that lies in the folder.
  std::string Bytes() const {
    std::string all;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
      std::ifstream file(entry.path(), std::ios::binary);
      all.append(std::istreambuf_iterator<char>(file), {});
    }
    return all;
  }

  std::string folder_ = [] {
    std::string made = testing::TempDir() + "forget_XXXXXX";
    EXPECT_NE(mkdtemp(made.data()), nullptr);
    return made;
  }();
  std::unique_ptr<Catalog> catalog_;
  std::unique_ptr<ForgetRequests> requests_;
};

TEST_F(ForgetRequestsTest, KeepsWhatIsOpenAcrossARestart) {
  const int64_t id = *requests_->Add("user_id", "alice", 1000);
  ASSERT_TRUE(requests_->Note(id, {.table = kSpans, .rows = 3, .files = 1, .versions = 2}).ok());
  ASSERT_TRUE(requests_->Note(id, {.table = kSpans, .rows = 4, .files = 1, .versions = 0}).ok());

  Close();
  Open();

  const auto open = requests_->ListOpen().ValueOrDie();
  ASSERT_THAT(open, SizeIs(1));
  EXPECT_EQ(open[0].id, id);
  EXPECT_EQ(open[0].column, "user_id");
  EXPECT_EQ(open[0].value, "alice");
  EXPECT_EQ(open[0].requested_ms, 1000);
  ASSERT_THAT(open[0].tables, SizeIs(1));
  EXPECT_EQ(open[0].tables[0].rows, 7);
  EXPECT_EQ(open[0].tables[0].files, 2);
}

TEST_F(ForgetRequestsTest, TakesARequestThatIsOpenOnce) {
  const int64_t id = *requests_->Add("user_id", "alice", 1000);

  EXPECT_EQ(*requests_->Add("user_id", "alice", 2000), id);
  EXPECT_NE(*requests_->Add("trace_id", "alice", 2000), id);
  ASSERT_TRUE(requests_->Finish(id, 3000).ok());
  EXPECT_NE(*requests_->Add("user_id", "alice", 4000), id);
}

TEST_F(ForgetRequestsTest, KeepsNothingOfTheValueOnceItIsDone) {
  const int64_t id = *requests_->Add("user_id", "alice-of-wonderland", 1000);
  EXPECT_THAT(Bytes(), HasSubstr("alice-of-wonderland"));

  ASSERT_TRUE(requests_->Finish(id, 3000).ok());

  EXPECT_THAT(Bytes(), Not(HasSubstr("alice-of-wonderland")));
  EXPECT_THAT(*requests_->ListOpen(), IsEmpty());
  EXPECT_EQ(requests_->Load(id)->done_ms, 3000);
  EXPECT_THAT(requests_->List(10)->front().column, "user_id");
  EXPECT_EQ(KindOf(requests_->Load(99).status()), ErrorKind::kNotFound);
}

TEST_F(ForgetRequestsTest, LeavesNothingOfPublishedEntriesEither) {
  ASSERT_TRUE(catalog_->Commit({Create(kSpans)}, {}).ok());
  TableMove move = Append(kSpans, 1);
  move.delta_entry = "bounds of alice-of-wonderland";
  ASSERT_TRUE(catalog_->Commit({move}, {}).ok());
  ASSERT_TRUE(catalog_->MarkDeltaPublished(kSpans, 1).ok());
  const int64_t id = *requests_->Add("user_id", "bob", 1000);

  ASSERT_TRUE(requests_->Finish(id, 3000).ok());

  EXPECT_THAT(Bytes(), Not(HasSubstr("alice-of-wonderland")));
}

}  // namespace
}  // namespace weir::catalog
