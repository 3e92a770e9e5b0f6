// SPDX-License-Identifier: Apache-2.0
#include "store/local_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

namespace weir::store {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
namespace fs = std::filesystem;

class LocalStoreTest : public testing::Test {
 protected:
  LocalStoreTest() {
    std::string pattern = testing::TempDir() + "local_store_XXXXXX";
    folder_ = mkdtemp(pattern.data());
    store_ = LocalStore::Open(folder_ + "/data").ValueOrDie();
  }
  ~LocalStoreTest() override { fs::remove_all(folder_); }

  /// Names of all files below the root, those that List leaves out too.
  std::vector<std::string> FilesOnDisk() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::recursive_directory_iterator(folder_ + "/data")) {
      if (entry.is_regular_file()) names.push_back(entry.path().filename().string());
    }
    return names;
  }

  std::string folder_;
  std::unique_ptr<LocalStore> store_;
};

TEST_F(LocalStoreTest, KnowsWhenAnObjectWasWritten) {
  ASSERT_TRUE(store_->Put("a", "x").ok());
  const fs::file_time_type time{
      std::chrono::file_clock::from_sys(std::chrono::sys_time<std::chrono::milliseconds>(
          std::chrono::milliseconds(1'700'000'000'123)))};
  fs::last_write_time(folder_ + "/data/a", time);

  EXPECT_EQ(store_->ModifiedMs("a").ValueOrDie(), 1'700'000'000'123);
  EXPECT_EQ(store_->ModifiedMs("none").ValueOrDie(), std::nullopt);
}

TEST_F(LocalStoreTest, PutsPiecesAsOneObject) {
  std::vector<std::string> pieces = {"", "c", "b", "a"};
  const auto next = [&]() -> Result<std::string> {
    std::string piece = pieces.back();
    pieces.pop_back();
    return piece;
  };

  ASSERT_TRUE(store_->PutPieces("x/of_three", next).ok());

  EXPECT_EQ(store_->Read("x/of_three").ValueOrDie(), "abc");
  EXPECT_THAT(FilesOnDisk(), ElementsAre("of_three"));
}

TEST_F(LocalStoreTest, LeavesNothingOfPiecesThatFail) {
  int pieces = 0;
  const auto next = [&]() -> Result<std::string> {
    if (++pieces == 3) return Error(ErrorKind::kConflict, "cancelled");
    return "piece";
  };

  const Status put = store_->PutPieces("x/half", next);

  EXPECT_EQ(KindOf(put), ErrorKind::kConflict);
  EXPECT_THAT(FilesOnDisk(), IsEmpty());
}

TEST_F(LocalStoreTest, ReadsBackWhatWasPutAnyBytes) {
  const std::string bytes("\0\xff\n", 3);
  ASSERT_TRUE(store_->Put("a/b/c.bin", bytes).ok());
  ASSERT_TRUE(store_->Put("empty", "").ok());

  EXPECT_EQ(store_->Read("a/b/c.bin").ValueOrDie(), bytes);
  EXPECT_EQ(store_->Read("empty").ValueOrDie(), "");
  EXPECT_EQ(store_->Head("empty").ValueOrDie(), 0);
}

TEST_F(LocalStoreTest, PutReplacesTheOlderObjectWhole) {
  ASSERT_TRUE(store_->Put("a", "a long first text").ok());

  ASSERT_TRUE(store_->Put("a", "short").ok());

  EXPECT_EQ(store_->Read("a").ValueOrDie(), "short");
  EXPECT_THAT(FilesOnDisk(), ElementsAre("a"));
}

TEST_F(LocalStoreTest, PutIfAbsentRefusesASecondObjectAndLeavesNoRemains) {
  ASSERT_TRUE(store_->PutIfAbsent("a", "first").ok());

  const Status second = store_->PutIfAbsent("a", "second");

  EXPECT_EQ(KindOf(second), ErrorKind::kConflict);
  EXPECT_THAT(second.message(), HasSubstr("put a: it exists already"));
  EXPECT_EQ(store_->Read("a").ValueOrDie(), "first");
  EXPECT_THAT(FilesOnDisk(), ElementsAre("a"));
}

TEST_F(LocalStoreTest, PutIfAbsentHasOneWinnerAmongRacers) {
  constexpr int kRacers = 8, kRounds = 10;
  std::atomic<int> winners = 0, losers = 0;
  std::barrier start(kRacers);
  std::vector<std::thread> racers;
  for (int racer = 0; racer < kRacers; ++racer) {
    racers.emplace_back([&, racer] {
      for (int round = 0; round < kRounds; ++round) {
        start.arrive_and_wait();
        const Status put =
            store_->PutIfAbsent("race/" + std::to_string(round), std::to_string(racer));
        put.ok() ? ++winners : ++losers;
        EXPECT_TRUE(put.ok() || KindOf(put) == ErrorKind::kConflict) << put.ToString();
      }
    });
  }
  for (std::thread& racer : racers) racer.join();

  EXPECT_EQ(winners, 10);
  EXPECT_EQ(losers, 70);
  EXPECT_EQ(FilesOnDisk().size(), 10u);
}

TEST_F(LocalStoreTest, ReadersRacingWithPutSeeOneWholeObject) {
  const std::string first(100'000, 'a'), second(70'000, 'b');
  ASSERT_TRUE(store_->Put("x", first).ok());
  std::thread writer([&] {
    for (int i = 0; i < 20; ++i) EXPECT_TRUE(store_->Put("x", i % 2 == 0 ? second : first).ok());
  });

  for (int i = 0; i < 200; ++i) {
    const std::string seen = store_->ReadRange("x", 0, 1 << 20).ValueOrDie();
    EXPECT_TRUE(seen == first || seen == second) << seen.size();
  }

  writer.join();
}

TEST_F(LocalStoreTest, RefusesPathsThatLeaveTheRoot) {
  std::ofstream(folder_ + "/outside") << "secret";
  const std::string_view escapes[] = {"",
                                      "..",
                                      "../outside",
                                      "a/../../outside",
                                      "a/..",
                                      "/etc/passwd",
                                      std::string_view("a\0b", 3)};

  for (const std::string_view path : escapes) {
    EXPECT_EQ(KindOf(store_->Put(path, "x")), ErrorKind::kInternal) << path;
    EXPECT_EQ(KindOf(store_->PutIfAbsent(path, "x")), ErrorKind::kInternal) << path;
    EXPECT_EQ(KindOf(store_->Read(path).status()), ErrorKind::kInternal) << path;
    EXPECT_EQ(KindOf(store_->ReadRange(path, 0, 1).status()), ErrorKind::kInternal) << path;
    EXPECT_EQ(KindOf(store_->Head(path).status()), ErrorKind::kInternal) << path;
    EXPECT_EQ(KindOf(store_->List(path).status()), ErrorKind::kInternal) << path;
    EXPECT_EQ(KindOf(store_->Delete(path)), ErrorKind::kInternal) << path;
  }
  EXPECT_TRUE(fs::exists(folder_ + "/outside"));
}

TEST_F(LocalStoreTest, ReadsRangesAndCutsThemAtTheEnd) {
  ASSERT_TRUE(store_->Put("a", "0123456789").ok());

  EXPECT_EQ(store_->ReadRange("a", 3, 4).ValueOrDie(), "3456");
  EXPECT_EQ(store_->ReadRange("a", 8, 100).ValueOrDie(), "89");
  EXPECT_EQ(store_->ReadRange("a", 10, 1).ValueOrDie(), "");
  EXPECT_EQ(store_->ReadRange("a", 50, 1).ValueOrDie(), "");
  EXPECT_EQ(store_->ReadRange("a", 0, 0).ValueOrDie(), "");
}

TEST_F(LocalStoreTest, SaysThatAMissingObjectIsMissing) {
  ASSERT_TRUE(store_->Put("file", "x").ok());

  EXPECT_EQ(KindOf(store_->Read("none").status()), ErrorKind::kNotFound);
  EXPECT_EQ(KindOf(store_->ReadRange("none", 0, 1).status()), ErrorKind::kNotFound);
  EXPECT_EQ(store_->Head("none").ValueOrDie(), std::nullopt);
  EXPECT_EQ(store_->Head("file/below").ValueOrDie(), std::nullopt);
  EXPECT_TRUE(store_->Delete("none").ok());
}

TEST_F(LocalStoreTest, ListsAllObjectsBelowAPrefixSortedWithoutHalfWrittenOnes) {
  for (const char* path : {"t/b/2", "t/a", "t/b/1", "u/c", "tt/d"}) {
    ASSERT_TRUE(store_->Put(path, "x").ok());
  }
  std::ofstream(folder_ + "/data/t/.e.0123.tmp") << "half";

  EXPECT_THAT(store_->List("t").ValueOrDie(), ElementsAre("t/a", "t/b/1", "t/b/2"));
  EXPECT_THAT(store_->List("none").ValueOrDie(), IsEmpty());
  EXPECT_THAT(store_->List("t/a").ValueOrDie(), IsEmpty());
}

TEST_F(LocalStoreTest, DeletesOneObject) {
  ASSERT_TRUE(store_->Put("t/a", "x").ok());
  ASSERT_TRUE(store_->Put("t/b", "x").ok());

  ASSERT_TRUE(store_->Delete("t/a").ok());

  EXPECT_THAT(store_->List("t").ValueOrDie(), ElementsAre("t/b"));
}

TEST_F(LocalStoreTest, NamesObjectsByFileUris) {
  const std::string root = fs::canonical(folder_ + "/data").string();

  EXPECT_EQ(store_->Uri("t/date=2026-11-20/a.parquet"),
            "file://" + root + "/t/date=2026-11-20/a.parquet");
  EXPECT_EQ(store_->Uri("a b#c%\xc3\xa9"), "file://" + root + "/a%20b%23c%25%C3%A9");
  EXPECT_EQ(store_->Uri(""), "file://" + root + "/");
}

TEST_F(LocalStoreTest, FailsToPutBelowAnObject) {
  ASSERT_TRUE(store_->Put("file", "x").ok());

  const Status below = store_->Put("file/below", "y");

  EXPECT_EQ(KindOf(below), ErrorKind::kRetryLater);
  EXPECT_EQ(store_->Read("file").ValueOrDie(), "x");
}

TEST_F(LocalStoreTest, OpensAnExistingRootAgainAndRefusesAFile) {
  ASSERT_TRUE(store_->Put("a", "x").ok());
  std::ofstream(folder_ + "/file") << "not a directory";

  const auto again = LocalStore::Open(folder_ + "/data/");
  const auto file = LocalStore::Open(folder_ + "/file");

  ASSERT_TRUE(again.ok()) << again.status().ToString();
  EXPECT_EQ((*again)->Read("a").ValueOrDie(), "x");
  EXPECT_EQ(KindOf(file.status()), ErrorKind::kBadRequest);
  EXPECT_THAT(file.status().message(), HasSubstr("data directory"));
}

}  // namespace
}  // namespace weir::store
