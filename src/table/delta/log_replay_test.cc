// SPDX-License-Identifier: Apache-2.0
#include "table/delta/log_replay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
  Apply({.removed = {{.path = "a"}}}, snapshot);

  EXPECT_EQ(snapshot.version, 2);
  ASSERT_EQ(snapshot.files.size(), 1u);
  EXPECT_TRUE(snapshot.files.contains("b"));
  EXPECT_THAT(snapshot.tombstones, ElementsAre(testing::Key("a")));
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
  Apply({.removed = {{.path = "a"}}}, snapshot);
  Apply(Adding("a"), snapshot);

  EXPECT_EQ(snapshot.files.size(), 1u);
  EXPECT_THAT(snapshot.tombstones, IsEmpty());
  EXPECT_THAT(snapshot.added_twice, IsEmpty());
}

TEST(LogReplay, GoesOnFromASnapshotAsFromACheckpoint) {
  Snapshot snapshot{.version = 9, .files = {{"a", {.path = "a"}}}};

  Apply({.removed = {{.path = "a"}}}, snapshot);

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

}  // namespace
}  // namespace weir::table::delta
