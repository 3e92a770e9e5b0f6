// SPDX-License-Identifier: Apache-2.0
#include "table/delta/log_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/memory_store.h"

namespace weir::table::delta {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Snapshot TableAt(int64_t version) {
  return {.version = version,
          .protocol = Protocol{.reader_version = 1},
          .metadata = TableMetadata{.id = "u"},
          .files = {{"a", {.path = "a"}}}};
}

TEST(LogFiles, ListsEntriesAndCheckpointsAndNothingElse) {
  store::MemoryStore store;
  for (const char* name : {"00000000000000000010.json", "00000000000000000002.json",
                           "00000000000000000003.checkpoint.parquet", "_last_checkpoint",
                           "0000000000000000000x.json", "2.json"}) {
    ASSERT_TRUE(store.Put(std::string("t/data/_delta_log/") + name, "x").ok());
  }

  EXPECT_THAT(ListLog(store, "t")->entries, ElementsAre(2, 10));
  EXPECT_THAT(ListLog(store, "t")->checkpoints, ElementsAre(3));
  EXPECT_THAT(ListLog(store, "none")->entries, IsEmpty());
}

TEST(LogFiles, BeginsWithTheNewestCheckpointUpToAVersion) {
  store::MemoryStore store;
  EXPECT_EQ(NewestCheckpoint(store, "t", 9)->version, -1);
  for (const int64_t version : {3, 5}) {
    ASSERT_TRUE(PutCheckpoint(store, "t", TableAt(version)).ok());
  }

  EXPECT_EQ(NewestCheckpoint(store, "t", 9)->version, 5);
  EXPECT_EQ(NewestCheckpoint(store, "t", 4)->version, 3);
  EXPECT_EQ(NewestCheckpoint(store, "t", 4)->files.size(), 1u);
  EXPECT_EQ(NewestCheckpoint(store, "t", 2)->version, -1);
}

TEST(LogFiles, PointsReadersAtTheCheckpoint) {
  store::MemoryStore store;
  ASSERT_TRUE(PutCheckpoint(store, "t", TableAt(5)).ok());

  const std::string hint = store.Read("t/data/_delta_log/_last_checkpoint").ValueOrDie();

  EXPECT_THAT(hint, HasSubstr("\"version\":5,\"size\":3,"));
  EXPECT_THAT(hint, HasSubstr("\"numOfAddFiles\":1"));
}

}  // namespace
}  // namespace weir::table::delta
