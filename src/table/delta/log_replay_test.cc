// SPDX-License-Identifier: Apache-2.0
#include "table/delta/log_replay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/memory_store.h"

namespace weir::table::delta {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Entry Adding(const std::string& path, int64_t bytes = 1) {
  return {.added = {{.path = path, .file_bytes = bytes}}};
}

TEST(LogReplay, KnowsWhatIsLiveAtEachVersion) {
  Snapshot snapshot;

  Apply(Adding("a"), snapshot);
  Apply(Adding("b"), snapshot);
  Apply({.removed = {"a"}}, snapshot);

  EXPECT_EQ(snapshot.version, 2);
  ASSERT_EQ(snapshot.files.size(), 1u);
  EXPECT_TRUE(snapshot.files.contains("b"));
  EXPECT_THAT(snapshot.tombstones, ElementsAre("a"));
  EXPECT_THAT(snapshot.added_twice, IsEmpty());
}

TEST(LogReplay, TakesTheLastAddOfAPathAndSaysThatThereWereTwo) {
  Snapshot snapshot;

  Apply(Adding("a", 1), snapshot);
  Apply(Adding("a", 2), snapshot);

  EXPECT_EQ(snapshot.files.at("a").file_bytes, 2);
  EXPECT_THAT(snapshot.added_twice, ElementsAre("a"));
}

TEST(LogReplay, TakesAFileThatCameBackForLive) {
  Snapshot snapshot;

  Apply(Adding("a"), snapshot);
  Apply({.removed = {"a"}}, snapshot);
  Apply(Adding("a"), snapshot);

  EXPECT_EQ(snapshot.files.size(), 1u);
  EXPECT_THAT(snapshot.tombstones, IsEmpty());
  EXPECT_THAT(snapshot.added_twice, IsEmpty());
}

TEST(LogReplay, GoesOnFromASnapshotAsFromACheckpoint) {
  Snapshot snapshot{.version = 9, .files = {{"a", {.path = "a"}}}};

  Apply({.removed = {"a"}}, snapshot);

  EXPECT_EQ(snapshot.version, 10);
  EXPECT_THAT(snapshot.files, IsEmpty());
}

TEST(LogReplay, ReadsTablesOfReaderVersionOneOnly) {
  Snapshot snapshot{.protocol = Protocol{.reader_version = 1}, .metadata = TableMetadata{}};
  EXPECT_TRUE(CheckReadable(snapshot).ok());

  snapshot.protocol->reader_version = 3;
  EXPECT_EQ(KindOf(CheckReadable(snapshot)), ErrorKind::kBadRequest);
  EXPECT_FALSE(CheckReadable({.protocol = Protocol{.reader_version = 1}}).ok());
  EXPECT_FALSE(CheckReadable({.metadata = TableMetadata{}}).ok());
}

TEST(LogReplay, ListsEntriesAndNothingElse) {
  store::MemoryStore store;
  for (const char* name : {"00000000000000000010.json", "00000000000000000002.json",
                           "00000000000000000002.checkpoint.parquet", "_last_checkpoint",
                           "0000000000000000000x.json", "2.json"}) {
    ASSERT_TRUE(store.Put(std::string("t/data/_delta_log/") + name, "x").ok());
  }

  EXPECT_THAT(ListVersions(store, "t").ValueOrDie(), ElementsAre(2, 10));
  EXPECT_THAT(ListVersions(store, "none").ValueOrDie(), IsEmpty());
}

}  // namespace
}  // namespace weir::table::delta
