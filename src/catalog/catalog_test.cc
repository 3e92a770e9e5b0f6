// SPDX-License-Identifier: Apache-2.0
#include "catalog/catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "catalog/faulty_disk_fake.h"
#include "catalog/moves_fake.h"
#include "catalog/sqlite.h"

namespace weir::catalog {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class CatalogTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "catalog_XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    Reopen();
  }
  void TearDown() override {
    catalog_.reset();
    std::filesystem::remove_all(folder_);
  }
  std::string Path() const { return folder_ + "/catalog.db"; }
  void Reopen() {
    catalog_.reset();
    auto opened = Catalog::Open(Path());
    ASSERT_TRUE(opened.ok()) << opened.status().ToString();
    catalog_ = *std::move(opened);
  }
  std::string MetadataLocation(const TableName& name) {
    auto entry = catalog_->Load(name);
    return entry.ok() ? entry->metadata_location : entry.status().message();
  }

  std::string folder_;
  std::unique_ptr<Catalog> catalog_;
};

TEST(TableNames, AreLowerCaseLettersDigitsAndUnderscoresNotStartingWithADigit) {
  EXPECT_TRUE(IsValidName("otel_spans"));
  EXPECT_TRUE(IsValidName("_2"));
  EXPECT_TRUE(IsValidName(std::string(200, 'a')));

  EXPECT_FALSE(IsValidName(""));
  EXPECT_FALSE(IsValidName("2a"));
  EXPECT_FALSE(IsValidName("Spans"));
  EXPECT_FALSE(IsValidName("a.b"));
  EXPECT_FALSE(IsValidName("../etc"));
  EXPECT_FALSE(IsValidName(std::string_view("a\0b", 3)));
  EXPECT_FALSE(IsValidName(std::string(201, 'a')));
}

TEST_F(CatalogTest, IsEmptyAtFirst) {
  EXPECT_THAT(*catalog_->ListSchemas(), ElementsAre());
  EXPECT_THAT(*catalog_->ListTables("telemetry"), ElementsAre());
  EXPECT_THAT(*catalog_->ListPendingDelta(), ElementsAre());
}

TEST_F(CatalogTest, CreatesTheSchemaTogetherWithItsFirstTable) {
  ASSERT_TRUE(catalog_->Commit({Create(kSpans), Create(kLogs)}, {}).ok());

  EXPECT_THAT(*catalog_->ListSchemas(), ElementsAre("telemetry"));
  auto tables = *catalog_->ListTables("telemetry");
  ASSERT_EQ(tables.size(), 2u);
  EXPECT_EQ(tables[0].name, kLogs);
  EXPECT_EQ(tables[1].name, kSpans);
  EXPECT_EQ(tables[1].location, "file:///otel_spans");
}

TEST_F(CatalogTest, LoadSaysWhetherTheTableOrTheSchemaIsMissing) {
  ASSERT_TRUE(catalog_->Commit({Create(kSpans)}, {}).ok());

  auto no_table = catalog_->Load(kLogs).status();
  auto no_schema = catalog_->Load({.schema = "other", .name = "x"}).status();

  EXPECT_EQ(KindOf(no_table), ErrorKind::kNotFound);
  EXPECT_EQ(no_table.message(), "no table telemetry.otel_logs");
  EXPECT_EQ(KindOf(no_schema), ErrorKind::kNotFound);
  EXPECT_EQ(no_schema.message(), "no schema other");
}

TEST_F(CatalogTest, MovesATableThatIsWhereItIsExpected) {
  ASSERT_TRUE(catalog_->Commit({Create(kSpans)}, {}).ok());

  ASSERT_TRUE(catalog_->Commit({Append(kSpans, 1)}, {}).ok());

  auto entry = *catalog_->Load(kSpans);
  EXPECT_EQ(entry.metadata_location, "1.metadata.json");
  EXPECT_EQ(entry.snapshot_id, 101);
  EXPECT_EQ(entry.delta_version, 1);
  EXPECT_EQ(entry.uuid, "uuid of otel_spans");
}

TEST_F(CatalogTest, RefusesAMoveFromWhereTheTableIsNoLonger) {
  ASSERT_TRUE(catalog_->Commit({Create(kSpans)}, {}).ok());
  ASSERT_TRUE(catalog_->Commit({Append(kSpans, 1)}, {}).ok());

  TableMove late = Append(kSpans, 2);
  late.expected_metadata_location = "0.metadata.json";
  Status status = catalog_->Commit({late}, {});

  EXPECT_EQ(KindOf(status), ErrorKind::kConflict);
  EXPECT_THAT(status.message(), HasSubstr("expected 0.metadata.json"));
  EXPECT_THAT(status.message(), HasSubstr("found 1.metadata.json"));
}

TEST_F(CatalogTest, RefusesToCreateATableTwice) {
  ASSERT_TRUE(catalog_->Commit({Create(kSpans)}, {}).ok());

  Status status = catalog_->Commit({Create(kSpans)}, {});

  EXPECT_EQ(KindOf(status), ErrorKind::kConflict);
  EXPECT_EQ(status.message(), "create telemetry.otel_spans: it exists already");
}

TEST_F(CatalogTest, RefusesToMoveATableThatIsNotThere) {
  EXPECT_EQ(KindOf(catalog_->Commit({Append(kSpans, 1)}, {})), ErrorKind::kConflict);
}

TEST_F(CatalogTest, RefusesAMoveMadeForAnotherTableOfThatName) {
  ASSERT_TRUE(catalog_->Commit({Create(kSpans)}, {}).ok());

  TableMove move = Append(kSpans, 1);
  move.next.uuid = "another";

  EXPECT_EQ(KindOf(catalog_->Commit({move}, {})), ErrorKind::kConflict);
}

TEST_F(CatalogTest, RefusesADeltaVersionThatGoesBackwards) {
  ASSERT_TRUE(catalog_->Commit({Create(kSpans)}, {}).ok());
  ASSERT_TRUE(catalog_->Commit({Append(kSpans, 1)}, {}).ok());

  TableMove move = Append(kSpans, 2);
  move.next.delta_version = 0;

  EXPECT_EQ(KindOf(catalog_->Commit({move}, {})), ErrorKind::kConflict);
}

TEST_F(CatalogTest, RefusesNamesThatCouldBecomeOtherPaths) {
  Status status = catalog_->Commit({Create({.schema = "telemetry", .name = "../x"})}, {});

  EXPECT_EQ(KindOf(status), ErrorKind::kBadRequest);
  EXPECT_THAT(*catalog_->ListSchemas(), ElementsAre());
}

TEST_F(CatalogTest, ChangesNothingWhenOneOfSeveralMovesConflicts) {
  ASSERT_TRUE(catalog_->Commit({Create(kSpans), Create(kLogs)}, {}).ok());
  const uint32_t writer = *catalog_->WriterId("journal-0");

  TableMove stale = Append(kLogs, 1);
  stale.expected_metadata_location = "elsewhere";
  Status status = catalog_->Commit({Append(kSpans, 1), stale}, {{writer, 7}});

  EXPECT_EQ(KindOf(status), ErrorKind::kConflict);
  EXPECT_EQ(MetadataLocation(kSpans), "0.metadata.json");
  EXPECT_EQ(*catalog_->CommittedSequence(writer), 0u);
  EXPECT_THAT(*catalog_->ListPendingDelta(), ElementsAre());
}

TEST_F(CatalogTest, ChangesNothingWhenTheProgressIsRefused) {
  ASSERT_TRUE(catalog_->Commit({Create(kSpans)}, {}).ok());

  Status status = catalog_->Commit({Append(kSpans, 1)}, {{.writer = 99, .sequence = 1}});

  EXPECT_EQ(KindOf(status), ErrorKind::kConflict);
  EXPECT_EQ(MetadataLocation(kSpans), "0.metadata.json");
}

TEST_F(CatalogTest, WorksOnAfterARefusedCommit) {
  ASSERT_TRUE(catalog_->Commit({Create(kSpans)}, {}).ok());
  ASSERT_FALSE(catalog_->Commit({Create(kSpans)}, {}).ok());

  EXPECT_TRUE(catalog_->Commit({Append(kSpans, 1)}, {}).ok());
}

TEST_F(CatalogTest, NumbersWritersFromOneAndForEver) {
  EXPECT_EQ(*catalog_->WriterId("a"), 1u);
  EXPECT_EQ(*catalog_->WriterId("b"), 2u);
  EXPECT_EQ(*catalog_->WriterId("a"), 1u);
  Reopen();
  EXPECT_EQ(*catalog_->WriterId("b"), 2u);
  EXPECT_EQ(*catalog_->WriterId("c"), 3u);
}

TEST_F(CatalogTest, ProgressNeverGoesBackwards) {
  const uint32_t writer = *catalog_->WriterId("a");
  ASSERT_TRUE(catalog_->Commit({}, {{writer, 5}}).ok());

  EXPECT_EQ(KindOf(catalog_->Commit({}, {{writer, 4}})), ErrorKind::kConflict);
  EXPECT_EQ(*catalog_->CommittedSequence(writer), 5u);
  EXPECT_TRUE(catalog_->Commit({}, {{writer, 5}}).ok());
  EXPECT_TRUE(catalog_->Commit({}, {{writer, 6}}).ok());
  EXPECT_EQ(*catalog_->CommittedSequence(writer), 6u);
}

TEST_F(CatalogTest, RefusesASequenceThatTheDatabaseCannotHold) {
  const uint32_t writer = *catalog_->WriterId("a");

  EXPECT_EQ(KindOf(catalog_->Commit({}, {{writer, uint64_t{1} << 63}})), ErrorKind::kBadRequest);
}

TEST_F(CatalogTest, ListsPendingDeltaInVersionOrderUntilItIsPublished) {
  ASSERT_TRUE(catalog_->Commit({Create(kSpans)}, {}).ok());
  for (int version = 1; version <= 11; ++version) {
    ASSERT_TRUE(catalog_->Commit({Append(kSpans, version)}, {}).ok());
  }

  ASSERT_TRUE(catalog_->MarkDeltaPublished(kSpans, 1).ok());
  auto pending = *catalog_->ListPendingDelta();

  ASSERT_EQ(pending.size(), 10u);
  EXPECT_EQ(pending.front().version, 2);
  EXPECT_EQ(pending.front().entry, "entry 2");
  EXPECT_EQ(pending.back().version, 11);
}

TEST_F(CatalogTest, KeepsTheExactBytesOfADeltaEntry) {
  TableMove move = Create(kSpans);
  move.delta_entry = std::string("{\"a\":1}\n\0\xff", 10);
  ASSERT_TRUE(catalog_->Commit({move}, {}).ok());

  EXPECT_EQ(catalog_->ListPendingDelta()->front().entry, std::string("{\"a\":1}\n\0\xff", 10));
}

TEST_F(CatalogTest, ReopensWithEverythingThatWasCommitted) {
  const uint32_t writer = *catalog_->WriterId("a");
  ASSERT_TRUE(catalog_->Commit({Create(kSpans)}, {}).ok());
  ASSERT_TRUE(catalog_->Commit({Append(kSpans, 1)}, {{writer, 42}}).ok());

  Reopen();

  EXPECT_EQ(MetadataLocation(kSpans), "1.metadata.json");
  EXPECT_EQ(*catalog_->CommittedSequence(writer), 42u);
  EXPECT_EQ(catalog_->ListPendingDelta()->size(), 1u);
}

TEST_F(CatalogTest, OfRacingCommitsFromTheSamePlaceExactlyOneWins) {
  ASSERT_TRUE(catalog_->Commit({Create(kSpans)}, {}).ok());
  constexpr int kThreads = 8, kRounds = 20;
  for (int round = 1; round <= kRounds; ++round) {
    std::atomic<int> winners = 0, conflicts = 0;
    {
      std::vector<std::jthread> racers;
      for (int racer = 0; racer < kThreads; ++racer) {
        racers.emplace_back([&] {
          Status status = catalog_->Commit({Append(kSpans, round)}, {});
          winners += status.ok();
          conflicts += !status.ok() && KindOf(status) == ErrorKind::kConflict;
        });
      }
    }
    ASSERT_EQ(winners, 1);
    ASSERT_EQ(conflicts, kThreads - 1);
  }
  EXPECT_EQ(MetadataLocation(kSpans), "20.metadata.json");
}

TEST_F(CatalogTest, OfTwoProcessesOnOneFileExactlyOneWinsEachRound) {
  ASSERT_TRUE(catalog_->Commit({Create(kSpans)}, {}).ok());
  auto other = *Catalog::Open(Path());
  for (int round = 1; round <= 10; ++round) {
    std::atomic<int> winners = 0;
    {
      std::jthread one([&] { winners += catalog_->Commit({Append(kSpans, round)}, {}).ok(); });
      std::jthread two([&] { winners += other->Commit({Append(kSpans, round)}, {}).ok(); });
    }
    ASSERT_EQ(winners, 1);
  }
}

TEST_F(CatalogTest, ReadersNeverSeeHalfACommit) {
  ASSERT_TRUE(catalog_->Commit({Create(kSpans), Create(kLogs)}, {}).ok());
  std::atomic<bool> is_done = false;
  std::atomic<int> torn = 0;
  {
    std::jthread reader([&] {
      while (!is_done) {
        auto tables = *catalog_->ListTables("telemetry");
        torn += tables[0].snapshot_id != tables[1].snapshot_id;
      }
    });
    for (int version = 1; version <= 50; ++version) {
      EXPECT_TRUE(catalog_->Commit({Append(kSpans, version), Append(kLogs, version)}, {}).ok());
    }
    is_done = true;
  }
  EXPECT_EQ(torn, 0);
}

TEST_F(CatalogTest, RefusesAFileThatIsNoDatabase) {
  const std::string path = folder_ + "/garbage";
  std::ofstream(path) << std::string(8192, 'x');

  auto opened = Catalog::Open(path);

  EXPECT_EQ(KindOf(opened.status()), ErrorKind::kBadRequest);
  EXPECT_THAT(opened.status().message(), HasSubstr("garbage"));
}

TEST_F(CatalogTest, RefusesAnotherProgramsDatabaseAndLeavesItAsItWas) {
  const std::string path = folder_ + "/other.db";
  ASSERT_TRUE(sqlite::Database::Open(path)->Run("CREATE TABLE bookmarks (url)").ok());
  const auto size_before = std::filesystem::file_size(path);

  auto opened = Catalog::Open(path);

  EXPECT_EQ(KindOf(opened.status()), ErrorKind::kBadRequest);
  EXPECT_EQ(std::filesystem::file_size(path), size_before);
  EXPECT_FALSE(std::filesystem::exists(path + "-wal"));
}

TEST_F(CatalogTest, RefusesACatalogFromANewerVersion) {
  catalog_.reset();
  ASSERT_TRUE(sqlite::Database::Open(Path())->Run("PRAGMA user_version = 999").ok());

  auto opened = Catalog::Open(Path());

  EXPECT_EQ(KindOf(opened.status()), ErrorKind::kBadRequest);
  EXPECT_THAT(opened.status().message(), HasSubstr("schema version 999"));
}

TEST_F(CatalogTest, RefusesAFolderThatDoesNotExist) {
  EXPECT_FALSE(Catalog::Open(folder_ + "/no/such/catalog.db").ok());
}

TEST_F(CatalogTest, AFailedSyncOfTheCommitIsAnUnknownOutcome) {
  FaultyDiskFake disk;
  Reopen();
  ASSERT_TRUE(catalog_->Commit({Create(kSpans)}, {}).ok());

  disk.FailSyncs(true);
  Status status = catalog_->Commit({Append(kSpans, 1)}, {});
  disk.FailSyncs(false);

  EXPECT_EQ(KindOf(status), ErrorKind::kUnknownOutcome);
  ASSERT_TRUE(catalog_->Load(kSpans).ok());
  catalog_.reset();
}

}  // namespace
}  // namespace weir::catalog
