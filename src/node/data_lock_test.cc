// SPDX-License-Identifier: Apache-2.0
#include "node/data_lock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <optional>

namespace weir::node {
namespace {

using testing::HasSubstr;

class DataLockTest : public testing::Test {
 protected:
  DataLockTest() {
    std::string pattern = testing::TempDir() + "data_lock_XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~DataLockTest() override { std::filesystem::remove_all(folder_); }

  std::string folder_;
};

TEST_F(DataLockTest, RefusesASecondTaker) {
  const auto first = DataLock::Take(folder_ + "/data");
  ASSERT_TRUE(first.ok()) << first.status().ToString();

  const auto second = DataLock::Take(folder_ + "/data");

  EXPECT_EQ(KindOf(second.status()), ErrorKind::kConflict);
  EXPECT_THAT(second.status().message(), HasSubstr("another weir uses it"));
}

TEST_F(DataLockTest, IsFreeAgainOnceItsHolderIsGone) {
  auto first = std::make_optional(DataLock::Take(folder_));
  ASSERT_TRUE(first->ok());
  first.reset();

  EXPECT_TRUE(DataLock::Take(folder_).ok());
}

TEST_F(DataLockTest, IsHeldOnByWhatItWasMovedTo) {
  auto first = DataLock::Take(folder_);
  ASSERT_TRUE(first.ok());
  const DataLock holder = *std::move(first);

  EXPECT_FALSE(DataLock::Take(folder_).ok());
}

TEST_F(DataLockTest, SaysThatADirectoryCantBeMade) {
  std::ofstream(folder_ + "/file") << "x";

  const auto lock = DataLock::Take(folder_ + "/file");

  EXPECT_EQ(KindOf(lock.status()), ErrorKind::kBadRequest);
  EXPECT_THAT(lock.status().message(), HasSubstr("/file"));
}

}  // namespace
}  // namespace weir::node
