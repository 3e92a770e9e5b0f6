// SPDX-License-Identifier: Apache-2.0
#include "buffer/memory_disk.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <set>

namespace weir::buffer {
namespace {

constexpr size_t kSector = MemoryDisk::kSectorBytes;

class MemoryDiskTest : public testing::Test {
 protected:
  void Write(File& file, const std::string& bytes, int64_t offset = 0) {
    ASSERT_TRUE(WriteAll(file, {Piece(bytes)}, offset).ok());
  }
  /// A file of one `letter`, synced with its name.
  std::unique_ptr<File> Synced(const std::string& path, char letter, size_t bytes) {
    auto file = disk_.Create(path).ValueOrDie();
    Write(*file, std::string(bytes, letter));
    EXPECT_TRUE(file->Sync().ok());
    EXPECT_TRUE(disk_.SyncDirectory("/").ok());
    return file;
  }

  std::mt19937_64 random_{7};
  MemoryDisk disk_{random_};
};

TEST_F(MemoryDiskTest, KeepsWhatWasSyncedThroughPowerLoss) {
  Synced("/a", 'x', 1000);

  disk_.LosePower();

  EXPECT_EQ(*disk_.Read("/a"), std::string(1000, 'x'));
}

TEST_F(MemoryDiskTest, KeepsOrLosesEachSectorThatWasNotSynced) {
  std::set<std::string> outcomes;
  for (int i = 0; i < 200; ++i) {
    const auto file = Synced("/" + std::to_string(i), 'x', 2 * kSector);
    Write(*file, std::string(2 * kSector, 'y'));
    disk_.LosePower();
    const std::string bytes = *disk_.Read("/" + std::to_string(i));
    outcomes.insert({bytes.front(), bytes[kSector - 1], bytes[kSector], bytes.back()});
  }

  EXPECT_EQ(outcomes, (std::set<std::string>{"xxxx", "xxyy", "yyxx", "yyyy"}));
}

TEST_F(MemoryDiskTest, KeepsOrLosesANameThatWasNotSyncedAndARenameAsOne) {
  std::set<std::string> outcomes;
  for (int i = 0; i < 100; ++i) {
    const std::string name = "/" + std::to_string(i);
    Synced(name, 'x', 1);
    ASSERT_TRUE(disk_.Rename(name, name + ".new").ok());
    ASSERT_TRUE(disk_.Create(name + ".other").ok());
    disk_.LosePower();
    std::string there;
    for (const char* suffix : {"", ".new", ".other"}) {
      there += disk_.Read(name + suffix).ok() ? '1' : '0';
    }
    outcomes.insert(there);
  }

  EXPECT_EQ(outcomes, (std::set<std::string>{"100", "101", "010", "011"}));
}

TEST_F(MemoryDiskTest, LosesWhatStandsInADirectoryWithoutADurableName) {
  int lost = 0;
  for (int i = 0; i < 50; ++i) {
    const std::string directory = "/" + std::to_string(i), file = directory + "/file";
    ASSERT_TRUE(disk_.MakeDirectory(directory).ok());
    ASSERT_TRUE(disk_.Create(file).ok());
    ASSERT_TRUE(disk_.SyncDirectory(directory).ok());
    disk_.LosePower();
    EXPECT_EQ(disk_.Read(file).ok(), disk_.List(directory).ok());
    lost += disk_.Read(file).ok() ? 0 : 1;
  }

  EXPECT_GT(lost, 0);
  EXPECT_LT(lost, 50);
}

TEST_F(MemoryDiskTest, HasNoRoomForMoreThanItsCapacity) {
  disk_.SetCapacity(1000);
  const auto file = disk_.Create("/a").ValueOrDie();

  EXPECT_TRUE(file->Allocate(900).ok());
  EXPECT_EQ(KindOf(file->Allocate(1001)), ErrorKind::kRetryLater);
  EXPECT_EQ(disk_.used(), 900);
  ASSERT_TRUE(disk_.Remove("/a").ok());
  EXPECT_EQ(disk_.used(), 0);
}

/// Every sync fails.
class BrokenSyncs final : public DiskEvents {
 public:
  int Before(DiskCall call, const std::string&) override {
    return call == DiskCall::kSyncData ? EIO : 0;
  }
  void After(DiskCall) override {}
  bool IsShort() override { return true; }
};

TEST_F(MemoryDiskTest, NeverBringsBackWhatAFailedSyncLost) {
  bool was_lost = false;
  for (int i = 0; i < 100; ++i) {
    const std::string name = "/" + std::to_string(i);
    const auto file = Synced(name, 'x', kSector);
    Write(*file, std::string(kSector, 'y'));
    BrokenSyncs broken;
    disk_.SetEvents(&broken);
    ASSERT_FALSE(file->SyncData().ok());
    disk_.SetEvents(nullptr);
    ASSERT_TRUE(file->SyncData().ok());  // Says nothing of what was lost before.
    disk_.LosePower();
    was_lost |= disk_.Read(name)->front() == 'x';
    EXPECT_TRUE(disk_.IsTorn(name));
  }

  EXPECT_TRUE(was_lost);
}

TEST_F(MemoryDiskTest, WritesAllThatAShortWriteLeft) {
  BrokenSyncs broken;
  disk_.SetEvents(&broken);
  const auto file = disk_.Create("/a").ValueOrDie();

  Write(*file, "many words, a few at a time");

  EXPECT_EQ(*disk_.Read("/a"), "many words, a few at a time");
}

}  // namespace
}  // namespace weir::buffer
