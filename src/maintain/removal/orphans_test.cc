// SPDX-License-Identifier: Apache-2.0
#include "maintain/removal/orphans.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "maintain/two_formats_fake.h"
#include "maintain/verify_history.h"

namespace weir::maintain {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

const std::string kUuid = "00000000-0000-4000-8000-00000000000a";

class OrphansTest : public testing::Test {
 protected:
  OrphansTest() {
    for (int i = 0; i < 3; ++i) table_.Commit();
  }
  std::vector<std::string> Find(OrphanLimits limits) {
    std::vector<std::string> paths;
    const auto found = FindOrphans(table_.lake(), table_.Entry(), limits).ValueOrDie();
    for (const Orphan& one : found) paths.push_back((one.is_ours ? "" : "foreign ") + one.path);
    return paths;
  }
  std::vector<std::string> Find() { return Find({.process_start_ms = table_.clock.UnixMillis()}); }
  void Put(const std::string& path) { table_.Write(kRoot + "/" + path, "left by a kill"); }

  TwoFormatsFake table_;
};

TEST_F(OrphansTest, AreWhatNoVersionNames) {
  EXPECT_THAT(Find(), IsEmpty());
  const std::vector<std::string> left = {
      "data/date=2026-11-20/" + kUuid + ".parquet", "metadata/" + kUuid + "-m0.avro",
      "metadata/snap-77-1-" + kUuid + ".avro", "metadata/00004-" + kUuid + ".gz.metadata.json"};
  for (const std::string& path : left) Put(path);

  EXPECT_THAT(Find(), testing::UnorderedElementsAreArray(left));
}

TEST_F(OrphansTest, AreNotWhatRetiredOrPendingOrOlderVersionsHave) {
  table_.Remove(EncodeFile(2).file);
  table_.Commit({}, /*publish=*/false);
  table_.DropAllButTheCurrentSnapshot(3);

  // Metadata that the test dropped without deleting it; no data.
  for (const std::string& path : Find()) EXPECT_THAT(path, HasSubstr("metadata/"));
}

TEST_F(OrphansTest, AreOlderThanTheGraceAndTheProcess) {
  Put("data/date=2026-11-20/" + kUuid + ".parquet");
  const auto century = std::chrono::hours(24 * 36'500);

  EXPECT_THAT(Find({.grace = century, .process_start_ms = table_.clock.UnixMillis()}), IsEmpty());
  EXPECT_THAT(Find({.process_start_ms = 0}), IsEmpty());
}

TEST_F(OrphansTest, AreNeverGuessedWhereAVersionCannotBeRead) {
  Put("data/date=2026-11-20/" + kUuid + ".parquet");
  const auto state = table_.State();
  table_.Delete(state.location.StorePath(state.metadata.snapshots.front().manifest_list));

  const auto found =
      FindOrphans(table_.lake(), table_.Entry(), {.process_start_ms = table_.clock.UnixMillis()});

  EXPECT_EQ(KindOf(found.status()), ErrorKind::kRetryLater);
  EXPECT_THAT(found.status().message(), HasSubstr("can't be read"));
}

TEST_F(OrphansTest, AreNeverGuessedWhereTheCatalogIsFromAnOlderBackup) {
  const auto refusal = [&] {
    return FindOrphans(table_.lake(), table_.Entry(),
                       {.process_start_ms = table_.clock.UnixMillis()})
        .status();
  };
  EXPECT_TRUE(refusal().ok());
  const std::string metadata = "metadata/00005-" + kUuid + ".gz.metadata.json";
  Put(metadata);
  EXPECT_EQ(KindOf(refusal()), ErrorKind::kConflict);
  table_.Delete(kRoot + "/" + metadata);

  Put("data/_delta_log/00000000000000000004.json");

  EXPECT_EQ(KindOf(refusal()), ErrorKind::kConflict);
  EXPECT_THAT(refusal().message(), HasSubstr("older backup"));
}

TEST_F(OrphansTest, AreDeletedWhereTheyAreOurs) {
  Put("data/date=2026-11-20/" + kUuid + ".parquet");
  Put("data/notes.txt");
  Put("metadata/stats.puffin");
  const std::string unfinished =
      table_.folder() + "/" + kRoot + "/data/date=2026-11-20/.x.parquet." + kUuid + ".tmp";
  std::ofstream(unfinished) << "half";
  EXPECT_THAT(Find(),
              UnorderedElementsAre("data/date=2026-11-20/" + kUuid + ".parquet",
                                   "foreign data/notes.txt", "foreign metadata/stats.puffin",
                                   "data/date=2026-11-20/.x.parquet." + kUuid + ".tmp"));

  const auto found =
      FindOrphans(table_.lake(), table_.Entry(), {.process_start_ms = table_.clock.UnixMillis()})
          .ValueOrDie();
  ASSERT_TRUE(DeleteOrphans(table_.store(), table_.Entry(), found).ok());

  EXPECT_THAT(Find(),
              UnorderedElementsAre("foreign data/notes.txt", "foreign metadata/stats.puffin"));
  EXPECT_FALSE(std::filesystem::exists(unfinished));
  EXPECT_EQ(VerifyHistory(table_.lake(), kTable)->findings.errors(), 0);
}

}  // namespace
}  // namespace weir::maintain
