// SPDX-License-Identifier: Apache-2.0
#include "table/iceberg/plan_commit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "table/iceberg/manifest_merge.h"
#include "table/iceberg/read_table.h"
#include "table/iceberg/small_table.h"
#include "table/iceberg/snapshot_expiry.h"

namespace weir::table::iceberg {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

std::set<std::string> LivePaths(const MapStore& store, const TableState& state) {
  std::set<std::string> paths;
  const std::vector<datafile::DataFile> files = ListFiles(store, state).ValueOrDie();
  for (const datafile::DataFile& file : files) paths.insert(file.path);
  EXPECT_EQ(paths.size(), files.size()) << "a file is listed twice";
  return paths;
}

/// All but the cache, which reading does not fill.
void ExpectSameTable(const TableState& read, const TableState& written) {
  EXPECT_EQ(read.location, written.location);
  EXPECT_EQ(read.metadata_path, written.metadata_path);
  EXPECT_EQ(read.metadata_version, written.metadata_version);
  EXPECT_EQ(read.metadata, written.metadata);
  EXPECT_EQ(*read.leaf_types, *written.leaf_types);
  ASSERT_EQ(read.manifests.size(), written.manifests.size());
  for (size_t i = 0; i < read.manifests.size(); ++i) {
    ManifestFile expected = written.manifests[i];
    expected.entries = nullptr;
    EXPECT_EQ(read.manifests[i], expected);
  }
}

TEST(PlanCreate, MakesAVersionZeroFileWithoutSnapshots) {
  MapStore store;
  TableState state = SmallTable();

  const PlannedCommit plan = PlanCreate(state, "u");
  Apply(store, state, plan);

  EXPECT_EQ(plan.metadata_path, "t/spans/metadata/00000-u.gz.metadata.json");
  EXPECT_THAT(plan.objects, SizeIs(1));
  const TableState read = ReadTable(store, plan.metadata_path).ValueOrDie();
  ExpectSameTable(read, state);
  EXPECT_EQ(read.snapshot_id(), 0);
}

TEST(PlanCommit, WritesManifestThenListThenMetadata) {
  MapStore store;
  const TableState state = SmallTable();

  const auto plan = PlanCommit(store, state, {.added = {SmallFile(1)}}, SmallIdentity(1));

  ASSERT_TRUE(plan.ok()) << plan.status().ToString();
  const std::string unique = "00000000-0000-4000-8000-000000000001";
  ASSERT_THAT(plan->objects, SizeIs(3));
  EXPECT_EQ(plan->objects[0].path, "t/spans/metadata/" + unique + "-m0.avro");
  EXPECT_EQ(plan->objects[1].path, "t/spans/metadata/snap-1001-1-" + unique + ".avro");
  EXPECT_EQ(plan->objects[2].path, "t/spans/metadata/00000-" + unique + ".gz.metadata.json");
  EXPECT_EQ(plan->metadata_path, plan->objects[2].path);
}

TEST(PlanCommit, GivesTheSameBytesForTheSameInput) {
  MapStore store;
  const TableState state = SmallTable();
  const TableChange change{.added = {SmallFile(1), SmallFile(2)}};

  const auto first = PlanCommit(store, state, change, SmallIdentity(1)).ValueOrDie();
  const auto second = PlanCommit(store, state, change, SmallIdentity(1)).ValueOrDie();

  ASSERT_EQ(first.objects.size(), second.objects.size());
  for (size_t i = 0; i < first.objects.size(); ++i) {
    EXPECT_EQ(first.objects[i].bytes, second.objects[i].bytes);
  }
}

TEST(PlanCommit, TellsInItsSummaryWhatCameAndWhatThereIs) {
  MapStore store;
  TableState state = SmallTable();
  AppendSmall(store, state, 1, 1);

  CommitSmall(store, state, 2, {.added = {SmallFile(2), SmallFile(3, kTestDate + 1)}});

  const Summary& summary = state.metadata.CurrentSnapshot()->summary;
  EXPECT_EQ(summary.operation, "append");
  EXPECT_EQ(summary.added_files, 2);
  EXPECT_EQ(summary.added_records, 20);
  EXPECT_EQ(summary.added_bytes, 2000);
  EXPECT_EQ(summary.changed_partitions, 2);
  EXPECT_EQ(summary.total_files, 3);
  EXPECT_EQ(summary.total_records, 30);
  EXPECT_EQ(summary.total_bytes, 3000);
}

TEST(PlanCommit, ChainsSnapshotsBySequenceAndParent) {
  MapStore store;
  TableState state = SmallTable();

  AppendSmall(store, state, 1, 2);

  const auto& snapshots = state.metadata.snapshots;
  ASSERT_THAT(snapshots, SizeIs(2));
  EXPECT_EQ(snapshots[0].parent_snapshot_id, std::nullopt);
  EXPECT_EQ(snapshots[1].parent_snapshot_id, 1001);
  EXPECT_EQ(snapshots[1].sequence_number, 2);
  EXPECT_EQ(state.metadata.refs.at("main").snapshot_id, 1002);
}

TEST(PlanCommit, RefusesATimestampThatIsNotLater) {
  MapStore store;
  TableState state = SmallTable();
  AppendSmall(store, state, 1, 1);
  CommitIdentity identity = SmallIdentity(2);
  identity.timestamp_ms = SmallIdentity(1).timestamp_ms;

  const auto plan = PlanCommit(store, state, {.added = {SmallFile(2)}}, identity);

  EXPECT_EQ(KindOf(plan.status()), ErrorKind::kBadRequest);
}

TEST(PlanCommit, RefusesASnapshotIdThatIsTaken) {
  MapStore store;
  TableState state = SmallTable();
  AppendSmall(store, state, 1, 1);
  CommitIdentity identity = SmallIdentity(2);
  identity.snapshot_id = 1001;

  const auto plan = PlanCommit(store, state, {.added = {SmallFile(2)}}, identity);

  EXPECT_EQ(KindOf(plan.status()), ErrorKind::kBadRequest);
}

TEST(PlanCommit, ReadsBackAsItWasWritten) {
  MapStore store;
  TableState state = SmallTable();

  AppendSmall(store, state, 1, 40);

  const TableState read = ReadTable(store, state.metadata_path).ValueOrDie();
  ExpectSameTable(read, state);
  EXPECT_THAT(LivePaths(store, read), SizeIs(40));
}

TEST(PlanCommit, GoesOnFromATableThatWasReadBack) {
  MapStore store;
  TableState state = SmallTable();
  AppendSmall(store, state, 1, 20);
  state = ReadTable(store, state.metadata_path).ValueOrDie();

  AppendSmall(store, state, 21, 50);

  EXPECT_THAT(LivePaths(store, state), SizeIs(50));
  EXPECT_EQ(state.metadata.CurrentSnapshot()->summary.total_records, 500);
}

TEST(PlanCommit, MergesSixteenManifestsIntoOne) {
  MapStore store;
  TableState state = SmallTable();

  AppendSmall(store, state, 1, 15);
  EXPECT_THAT(state.manifests, SizeIs(15));
  AppendSmall(store, state, 16, 16);

  ASSERT_THAT(state.manifests, SizeIs(1));
  EXPECT_EQ(state.manifests[0].existing_files, 15);
  EXPECT_EQ(state.manifests[0].added_files, 1);
  EXPECT_EQ(state.manifests[0].min_sequence_number, 1);
  EXPECT_EQ(state.manifests[0].sequence_number, 16);
}

TEST(PlanCommit, KeepsEachFilesSequenceNumberThroughMerges) {
  MapStore store;
  TableState state = SmallTable();

  AppendSmall(store, state, 1, 16);

  state = ReadTable(store, state.metadata_path).ValueOrDie();
  const ManifestEntries entries = LoadEntries(store, state, state.manifests[0]).ValueOrDie();
  ASSERT_THAT(*entries, SizeIs(16));
  for (const ManifestEntry& entry : *entries) {
    const int64_t number = entry.snapshot_id - 1000;
    EXPECT_EQ(entry.sequence_number, number);
    EXPECT_EQ(entry.file_sequence_number, number);
    EXPECT_EQ(entry.file.path, SmallFile(number).path);
  }
}

TEST(PlanCommit, MergesManifestsReadBackIntoTheSameBytesAsItsOwn) {
  MapStore store;
  TableState state = SmallTable();
  AppendSmall(store, state, 1, 15);
  const TableState read = ReadTable(store, state.metadata_path).ValueOrDie();
  const TableChange change{.added = {SmallFile(16)}};

  const auto own = PlanCommit(store, state, change, SmallIdentity(16)).ValueOrDie();
  const auto copied = PlanCommit(store, read, change, SmallIdentity(16)).ValueOrDie();

  ASSERT_THAT(own.objects, SizeIs(3));
  EXPECT_EQ(own.objects[0].bytes, copied.objects[0].bytes);
  EXPECT_EQ(own.next.manifests[0].date_min, copied.next.manifests[0].date_min);
  EXPECT_EQ(own.next.manifests[0].existing_rows, copied.next.manifests[0].existing_rows);
}

TEST(PlanCommit, ReadsNothingForTheFirstMergeOfWhatItWroteItself) {
  MapStore store;
  TableState state = SmallTable();

  AppendSmall(store, state, 1, 16);

  EXPECT_EQ(store.reads, 0);
}

TEST(PlanCommit, KeepsTwoThousandCommitsInFewManifestsAndSnapshots) {
  MapStore store;
  TableState state = SmallTable();

  AppendSmall(store, state, 1, 2000);

  EXPECT_LE(state.manifests.size(), 45u);
  EXPECT_NEAR(state.metadata.snapshots.size(), 600 + 2000 / 60 - 10, 5);
  EXPECT_NEAR(state.metadata.snapshot_log.size(), 630, 35);
  EXPECT_EQ(state.metadata.metadata_log.size(), 20u);
  EXPECT_LT(store.objects.at(state.metadata_path).size(), 64u << 10);
  EXPECT_THAT(LivePaths(store, state), SizeIs(2000));
  EXPECT_EQ(state.metadata.CurrentSnapshot()->summary.total_records, 20'000);
  ExpectSameTable(ReadTable(store, state.metadata_path).ValueOrDie(), state);
}

TEST(PlanCommit, LeavesNoMetadataFileBehindThatNothingNames) {
  MapStore store;
  TableState state = SmallTable();

  AppendSmall(store, state, 1, 900);

  std::set<std::string> named = {state.metadata_path};
  for (const auto& entry : state.metadata.metadata_log) {
    named.insert(state.location.StorePath(entry.metadata_file));
  }
  for (const Snapshot& snapshot : state.metadata.snapshots) {
    named.insert(state.location.StorePath(snapshot.manifest_list));
    const auto manifests = LoadManifestList(store, state.location, snapshot).ValueOrDie();
    for (const auto& manifest : manifests) named.insert(state.location.StorePath(manifest.path));
  }
  std::set<std::string> stored;
  for (const auto& [path, bytes] : store.objects) stored.insert(path);
  EXPECT_EQ(stored, named);
}

TEST(PlanCommit, ReplacesFilesThatCompactionRewrote) {
  MapStore store;
  TableState state = SmallTable();
  AppendSmall(store, state, 1, 20);
  datafile::DataFile large = SmallFile(100);
  large.record_count = 20;

  CommitSmall(
      store, state, 21,
      {.added = {large}, .removed = {SmallFile(3), SmallFile(18)}, .is_rearrangement = true});

  const Summary& summary = state.metadata.CurrentSnapshot()->summary;
  EXPECT_EQ(summary.operation, "replace");
  EXPECT_EQ(summary.deleted_files, 2);
  EXPECT_EQ(summary.total_files, 19);
  EXPECT_EQ(summary.total_records, 200);
  state = ReadTable(store, state.metadata_path).ValueOrDie();
  const std::set<std::string> live = LivePaths(store, state);
  EXPECT_THAT(live, SizeIs(19));
  EXPECT_TRUE(live.contains(large.path));
  EXPECT_FALSE(live.contains(SmallFile(3).path));
  EXPECT_FALSE(live.contains(SmallFile(18).path));
}

TEST(PlanCommit, ForgetsDeletedEntriesInTheNextCommits) {
  MapStore store;
  TableState state = SmallTable();
  AppendSmall(store, state, 1, 1);
  CommitSmall(store, state, 2, {.removed = {SmallFile(1)}});
  EXPECT_THAT(state.manifests, SizeIs(1));
  EXPECT_EQ(state.manifests[0].deleted_files, 1);

  AppendSmall(store, state, 3, 3);

  ASSERT_THAT(state.manifests, SizeIs(1));
  EXPECT_EQ(state.manifests[0].added_files, 1);
  EXPECT_EQ(state.manifests[0].deleted_files, 0);
}

TEST(PlanCommit, IsAConflictWhereARemovedFileIsNotLive) {
  MapStore store;
  TableState state = SmallTable();
  AppendSmall(store, state, 1, 2);

  const auto plan = PlanCommit(store, state, {.removed = {SmallFile(7)}}, SmallIdentity(3));

  EXPECT_EQ(KindOf(plan.status()), ErrorKind::kConflict);
}

TEST(PlanCommit, KeepsASnapshotThatATagNames) {
  MapStore store;
  TableState state = SmallTable();
  AppendSmall(store, state, 1, 1);
  state.metadata.refs["audit"] = {.snapshot_id = 1001, .type = "tag"};

  AppendSmall(store, state, 2, 700);

  EXPECT_LT(state.metadata.snapshots.size(), 610u);
  EXPECT_EQ(state.metadata.snapshots.front().snapshot_id, 1001);
  const Snapshot& tagged = state.metadata.snapshots.front();
  const auto manifests = LoadManifestList(store, state.location, tagged).ValueOrDie();
  ASSERT_THAT(manifests, SizeIs(1));
  EXPECT_TRUE(store.objects.contains(state.location.StorePath(manifests[0].path)));
}

TEST(ReadTable, SaysWhichFileIsMissing) {
  const MapStore store;

  const auto state = ReadTable(store, "t/spans/metadata/00001-x.gz.metadata.json");

  EXPECT_EQ(KindOf(state.status()), ErrorKind::kNotFound);
}

TEST(ListFiles, GivesTheFilesAsTheyWereCommitted) {
  MapStore store;
  TableState state = SmallTable();
  AppendSmall(store, state, 1, 1);
  state = ReadTable(store, state.metadata_path).ValueOrDie();

  const auto files = ListFiles(store, state).ValueOrDie();

  ASSERT_THAT(files, SizeIs(1));
  const datafile::DataFile expected = SmallFile(1);
  EXPECT_EQ(files[0].path, "data/date=20777/1.parquet");
  EXPECT_EQ(files[0].date, kTestDate);
  EXPECT_EQ(files[0].record_count, 10);
  EXPECT_EQ(files[0].file_bytes, 1000);
  EXPECT_EQ(files[0].column_bytes, expected.column_bytes);
  EXPECT_THAT(files[0].split_offsets, ElementsAre(4));
  ASSERT_EQ(files[0].statistics.size(), expected.statistics.size());
  for (const auto& [id, column] : expected.statistics) {
    EXPECT_EQ(files[0].statistics.at(id).lower, column.lower) << id;
    EXPECT_EQ(files[0].statistics.at(id).upper, column.upper) << id;
    EXPECT_EQ(files[0].statistics.at(id).null_count, column.null_count) << id;
    EXPECT_EQ(files[0].statistics.at(id).nan_count, column.nan_count) << id;
  }
}

}  // namespace
}  // namespace weir::table::iceberg
