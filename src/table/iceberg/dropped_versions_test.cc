// SPDX-License-Identifier: Apache-2.0
// Commits that drop versions ahead of their time, and what is left of the files that they remove.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "table/iceberg/plan_commit.h"
#include "table/iceberg/read_table.h"
#include "table/iceberg/small_table.h"

namespace weir::table::iceberg {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(DroppedVersions, RetiresTheMetadataOfVersionsThatAreDropped) {
  MapStore store;
  TableState state = SmallTable();
  AppendSmall(store, state, 1, 3);
  const TableState before = state;

  auto plan =
      PlanCommit(store, state, {.removed = {SmallFile(2)}, .dropped = DroppedVersions{2, 4}},
                 SmallIdentity(4))
          .ValueOrDie();

  std::vector<int64_t> versions;
  for (const Snapshot& one : plan.next.metadata.snapshots) versions.push_back(one.sequence_number);
  EXPECT_THAT(versions, ElementsAre(1, 4));
  std::set<std::string> retired;
  for (const RetiredFile& file : plan.retired) retired.insert(file.path);
  EXPECT_TRUE(retired.contains(SmallFile(2).path));
  const auto relative = [&](const std::string& uri) { return state.location.Relative(uri); };
  EXPECT_TRUE(retired.contains(relative(before.metadata.snapshots[1].manifest_list)));
  EXPECT_TRUE(retired.contains(relative(before.metadata.snapshots[2].manifest_list)));
  EXPECT_FALSE(retired.contains(relative(before.metadata.snapshots[0].manifest_list)));
  for (const ManifestFile& manifest : plan.next.manifests) {
    EXPECT_FALSE(retired.contains(relative(manifest.path)));
  }
  EXPECT_THAT(plan.obsolete, IsEmpty());
}

TEST(DroppedVersions, KeepsNoBoundOfARemovedFile) {
  MapStore store;
  TableState state = SmallTable();
  datafile::DataFile file = SmallFile(1);
  file.statistics[3].lower = "alice";
  CommitSmall(store, state, 1, {.added = {file, SmallFile(2)}});

  CommitSmall(store, state, 2, {.removed = {file}});

  const auto entries = *LoadEntries(store, ReadTable(store, state.metadata_path).ValueOrDie(),
                                    state.manifests.front())
                            .ValueOrDie();
  for (const ManifestEntry& entry : entries) {
    if (entry.is_live()) continue;
    for (const auto& [id, column] : entry.file.statistics) EXPECT_FALSE(column.lower) << id;
  }
  EXPECT_EQ(std::ranges::count_if(entries, &ManifestEntry::is_live), 1);
}

}  // namespace
}  // namespace weir::table::iceberg
