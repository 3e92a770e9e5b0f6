// SPDX-License-Identifier: Apache-2.0
#include "buffer/taken_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <vector>

#include "buffer/journal_fake.h"

namespace weir::buffer {
namespace {

class TakenFileTest : public testing::Test {
 protected:
  std::vector<uint64_t> Read(int64_t since = 0) {
    std::vector<uint64_t> keys;
    ReadTaken(PosixDisk(), directory(), since, [&](const TakenRequest& taken) {
      EXPECT_EQ(taken.accepted, 5u);
      keys.push_back(taken.key.low);
    });
    std::ranges::sort(keys);
    return keys;
  }
  Status Write(const std::string& name, const std::vector<uint64_t>& keys, int64_t received) {
    std::vector<TakenRequest> taken;
    for (const uint64_t key : keys) {
      taken.push_back({.key = {key, 1}, .received_unix_nano = received, .accepted = 5});
    }
    return WriteTaken(PosixDisk(), directory() + "/" + name, taken);
  }
  std::string directory() const { return TakenDirectory(root_.path()); }

  JournalFolder root_;
};

TEST_F(TakenFileTest, PassesOverAFileThatWasNotFinished) {
  ASSERT_TRUE(Write("a.new", {1}, 10).ok());
  ASSERT_TRUE(Write("b", {2}, 10).ok());

  EXPECT_EQ(Read(), (std::vector<uint64_t>{2}));
  EXPECT_FALSE(std::filesystem::exists(directory() + "/a.new"));
}

TEST_F(TakenFileTest, GivesBackWhatWasWritten) {
  ASSERT_TRUE(Write("a", {1, 2}, 10).ok());
  ASSERT_TRUE(Write("b", {3}, 20).ok());

  EXPECT_EQ(Read(), (std::vector<uint64_t>{1, 2, 3}));
}

TEST_F(TakenFileTest, DeletesFilesOfWhichNothingIsRecent) {
  ASSERT_TRUE(Write("a", {1, 2}, 10).ok());
  ASSERT_TRUE(Write("b", {3}, 20).ok());

  EXPECT_EQ(Read(15), (std::vector<uint64_t>{3}));
  EXPECT_EQ(Read(0), (std::vector<uint64_t>{3}));
}

TEST_F(TakenFileTest, PassesOverADamagedFileWhereverItIsDamaged) {
  ASSERT_TRUE(Write("a", {1, 2}, 10).ok());
  const std::string path = directory() + "/a";
  const auto bytes = std::filesystem::file_size(path);
  for (size_t at = 0; at < bytes; ++at) {
    ASSERT_TRUE(Write("a", {1, 2}, 10).ok());
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(at));
    const char flipped = static_cast<char>(file.get() ^ 0x10);
    file.seekp(static_cast<std::streamoff>(at));
    file.put(flipped);
    file.close();

    EXPECT_EQ(Read(), std::vector<uint64_t>{}) << "byte " << at;
  }
}

TEST_F(TakenFileTest, NeedsNoFolder) { EXPECT_EQ(Read(), std::vector<uint64_t>{}); }

}  // namespace
}  // namespace weir::buffer
