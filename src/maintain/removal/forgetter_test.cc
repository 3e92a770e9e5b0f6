// SPDX-License-Identifier: Apache-2.0
#include "maintain/removal/forgetter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "datafile/read_parquet_fake.h"
#include "maintain/compaction/compactor.h"
#include "maintain/two_formats_fake.h"
#include "maintain/verify_history.h"
#include "maintain/verify_table.h"
#include "table/delta/log_files.h"

namespace weir::maintain {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using namespace std::chrono_literals;

/// File n has three rows, of the services `svc-<n>-0` to `svc-<n>-2` with n + 1 digits at the end.
const std::string kOfFirst = "svc-1-01", kOfSecond = "svc-2-000", kOfThird = "svc-3-0001";

class ForgetterTest : public testing::Test {
 protected:
  void SetUp() override {
    requests_ = catalog::ForgetRequests::Open(table_.folder() + "/catalog.db").ValueOrDie();
    NewRun();
  }
  /// As a start after a crash: what the last run knew is gone.
  void NewRun() {
    forgetter_.reset();
    logs_.emplace(
        DeltaLogKeeper::Options{.store = table_.store(), .clock = table_.clock, .limits = {}});
    forgetter_.emplace(
        Forgetter::Options{
            .store = table_.store(),
            .catalog = table_.catalog(),
            .requests = *requests_,
            .clock = table_.clock,
            .rearrange =
                [this](const catalog::TableName&, table::TableChange change) {
                  if (before_commit_) before_commit_();
                  if (answer_.ok() || !is_refused_) table_.Rearrange(change);
                  return answer_;
                },
            .journals_are_clear = [this](bool) -> Result<bool> { return are_journals_clear_; },
            .forget_elsewhere = [this] { return elsewhere_; },
            .grace = grace_,
            .process_start_ms = process_start_ms_},
        *logs_);
  }
  void Commit(int count) {
    for (int i = 0; i < count; ++i) table_.Commit();
  }
  int64_t Ask(const std::string& value) {
    return requests_->Add("service_name", value, 1).ValueOrDie();
  }
  Status Work() { return forgetter_->Work(); }
  std::vector<std::string> Live() {
    std::vector<std::string> services;
    const auto files = table::iceberg::ListFiles(table_.store(), table_.State()).ValueOrDie();
    for (const auto& file : files) {
      const auto texts =
          datafile::ReadTexts(table_.Read(kRoot + "/" + file.path), "service_name").ValueOrDie();
      services.insert(services.end(), texts.begin(), texts.end());
    }
    return services;
  }
  std::vector<int64_t> Versions() {
    std::vector<int64_t> versions;
    for (const auto& one : table_.State().metadata.snapshots) {
      versions.push_back(one.sequence_number);
    }
    return versions;
  }
  /// Names of what is wrong with the table, older versions included, and of `value` that is left.
  std::set<std::string> Found(const std::string& value) {
    std::set<std::string> names;
    const auto take = [&](const Findings& findings) {
      for (const Finding& one : findings.kept()) names.insert(std::string(NameOf(one.check)));
    };
    const auto report = VerifyTable(table_.lake(), kTable, {.grace = 24h * 40'000}).ValueOrDie();
    take(report.findings);
    take(VerifyFooters(table_.lake(), kTable, {.snapshot_id = report.snapshot_id})->findings);
    HistoryOptions history{.grace = 24h * 40'000, .forgotten = {{"service_name", value}}};
    take(VerifyHistory(table_.lake(), kTable, history)->findings);
    return names;
  }
  bool Exists(const std::string& path) { return table_.store().Head(path)->has_value(); }

  TwoFormatsFake table_;
  std::unique_ptr<catalog::ForgetRequests> requests_;
  std::optional<DeltaLogKeeper> logs_;
  std::optional<Forgetter> forgetter_;
  Status answer_;
  bool is_refused_ = false;
  std::function<void()> before_commit_;
  bool are_journals_clear_ = true;
  Status elsewhere_;
  std::chrono::milliseconds grace_ = 1min;
  int64_t process_start_ms_ = 0;
};

TEST_F(ForgetterTest, LeavesNothingOfTheRowsAnywhere) {
  Commit(3);
  EXPECT_THAT(Found(kOfFirst), Contains("forgotten_rows"));
  const int64_t id = Ask(kOfFirst);

  ASSERT_TRUE(Work().ok());

  EXPECT_THAT(Live(), SizeIs(8));
  EXPECT_THAT(Live(), Not(Contains(kOfFirst)));
  EXPECT_THAT(Found(kOfFirst), IsEmpty());
  EXPECT_FALSE(Exists(TwoFormatsFake::DataPath(1)));
  EXPECT_TRUE(Exists(TwoFormatsFake::DataPath(2)));
  const catalog::ForgetRequest request = requests_->Load(id).ValueOrDie();
  EXPECT_TRUE(request.is_done());
  EXPECT_EQ(request.value, "");
  ASSERT_THAT(request.tables, SizeIs(1));
  EXPECT_EQ(request.tables[0].rows, 1);
  EXPECT_EQ(request.tables[0].files, 1);
  EXPECT_EQ(request.tables[0].versions, 3);
}

TEST_F(ForgetterTest, IsNotDoneBeforeWhatIsBesideTheTablesIsEmpty) {
  Commit(1);
  const int64_t id = Ask(kOfFirst);
  elsewhere_ = Error(ErrorKind::kInternal, "a full disk");

  EXPECT_FALSE(Work().ok());
  EXPECT_FALSE(requests_->Load(id)->is_done());

  elsewhere_ = Status::OK();
  EXPECT_TRUE(Work().ok());
  EXPECT_TRUE(requests_->Load(id)->is_done());
}

TEST_F(ForgetterTest, KeepsTheVersionsFromBeforeTheRows) {
  Commit(3);
  Ask(kOfThird);

  ASSERT_TRUE(Work().ok());

  EXPECT_THAT(Versions(), ElementsAre(1, 2, 4));
  EXPECT_THAT(Found(kOfThird), IsEmpty());
}

TEST_F(ForgetterTest, DoesManyRequestsInOneCommit) {
  Commit(3);
  Ask(kOfFirst);
  const int64_t second = Ask(kOfSecond);
  Ask("svc-2-001");
  Ask("nobody");

  ASSERT_TRUE(Work().ok());

  EXPECT_EQ(table_.Entry().delta_version, 4);
  EXPECT_THAT(Live(), SizeIs(6));
  EXPECT_EQ(requests_->Load(second)->tables[0].rows, 1);
  EXPECT_THAT(*requests_->ListOpen(), IsEmpty());
  EXPECT_THAT(Found(kOfSecond), IsEmpty());
}

TEST_F(ForgetterTest, RemovesAFileOfWhichNoRowIsLeft) {
  Commit(1);
  table_.Commit([](datafile::ParquetFile& file) { file = EncodeFile(2, 1); });
  Ask(kOfSecond);

  ASSERT_TRUE(Work().ok());

  EXPECT_THAT(Live(), SizeIs(3));
  EXPECT_EQ(table_.State().metadata.CurrentSnapshot()->summary.operation, "delete");
  EXPECT_THAT(Found(kOfSecond), IsEmpty());
}

TEST_F(ForgetterTest, FindsRowsInFilesThatCompactionReplaced) {
  Commit(4);
  Compactor compactor({.store = table_.store(),
                       .clock = table_.clock,
                       .rearrange =
                           [this](const catalog::TableName&, table::TableChange change) {
                             table_.Rearrange(change);
                             return Status::OK();
                           },
                       .limits = {.fan_in = 4}});
  ASSERT_TRUE(*compactor.CompactOnce(table_.Entry()));
  ASSERT_TRUE(Exists(TwoFormatsFake::DataPath(2)));
  Ask(kOfSecond);

  ASSERT_TRUE(Work().ok());

  EXPECT_THAT(Live(), SizeIs(11));
  EXPECT_FALSE(Exists(TwoFormatsFake::DataPath(2)));
  EXPECT_THAT(Versions(), ElementsAre(1, 6));
  EXPECT_THAT(Found(kOfSecond), IsEmpty());
}

TEST_F(ForgetterTest, DropsVersionsWhereOldFilesAloneHaveTheRows) {
  Commit(2);
  table_.Remove(EncodeFile(2).file);
  const int64_t id = Ask(kOfSecond);

  ASSERT_TRUE(Work().ok());

  EXPECT_THAT(Versions(), ElementsAre(1, 3, 4));
  EXPECT_FALSE(Exists(TwoFormatsFake::DataPath(2)));
  EXPECT_THAT(Found(kOfSecond), IsEmpty());
  EXPECT_EQ(requests_->Load(id)->tables[0].versions, 1);
}

TEST_F(ForgetterTest, TakesTheTagOfAVersionWithTheRows) {
  Commit(2);
  table_.EditMetadata("\"refs\":{", "\"refs\":{\"audit\":{\"snapshot-id\":1001,\"type\":\"tag\"},");
  Ask(kOfFirst);

  ASSERT_TRUE(Work().ok());

  EXPECT_FALSE(table_.State().metadata.refs.contains("audit"));
  EXPECT_THAT(Versions(), ElementsAre(3));
  EXPECT_THAT(Found(kOfFirst), IsEmpty());
}

TEST_F(ForgetterTest, LetsQueriesGoOnForTheGrace) {
  grace_ = 24h * 365 * 200;  // Commits are of 2026, the clock is a century on.
  NewRun();
  Commit(2);
  const std::string list = table_.State().metadata.snapshots.front().manifest_list;
  const std::string path = table_.State().location.StorePath(list);
  const int64_t id = Ask(kOfFirst);

  ASSERT_TRUE(Work().ok());
  ASSERT_TRUE(Work().ok());

  EXPECT_THAT(Live(), SizeIs(5));
  EXPECT_TRUE(Exists(TwoFormatsFake::DataPath(1)));
  EXPECT_TRUE(Exists(path));
  EXPECT_TRUE(Exists(TwoFormatsFake::LogPath(1)));
  EXPECT_FALSE(requests_->Load(id)->is_done());

  grace_ = 1min;
  NewRun();
  ASSERT_TRUE(Work().ok());

  EXPECT_FALSE(Exists(TwoFormatsFake::DataPath(1)));
  EXPECT_FALSE(Exists(path));
  EXPECT_FALSE(Exists(TwoFormatsFake::LogPath(1)));
  EXPECT_TRUE(requests_->Load(id)->is_done());
  EXPECT_THAT(Found(kOfFirst), IsEmpty());
}

TEST_F(ForgetterTest, WaitsUntilNoJournalHasTheRequests) {
  Commit(1);
  Ask(kOfFirst);
  are_journals_clear_ = false;

  ASSERT_TRUE(Work().ok());
  EXPECT_THAT(Live(), SizeIs(3));

  are_journals_clear_ = true;
  ASSERT_TRUE(Work().ok());
  EXPECT_THAT(Live(), SizeIs(2));
}

TEST_F(ForgetterTest, DoesItAgainAfterAConflict) {
  Commit(2);
  Ask(kOfFirst);
  is_refused_ = true;
  answer_ = Error(ErrorKind::kConflict, "no");
  EXPECT_EQ(KindOf(Work()), ErrorKind::kConflict);
  EXPECT_THAT(Live(), SizeIs(6));

  is_refused_ = false;
  answer_ = Status::OK();
  ASSERT_TRUE(Work().ok());

  EXPECT_THAT(Live(), SizeIs(5));
  EXPECT_THAT(Found(kOfFirst), IsEmpty());
}

TEST_F(ForgetterTest, GoesOnWhereTheOutcomeOfTheCommitWasUnknown) {
  Commit(2);
  Ask(kOfFirst);
  answer_ = Error(ErrorKind::kUnknownOutcome, "perhaps");  // It was committed.
  EXPECT_FALSE(Work().ok());
  EXPECT_TRUE(Exists(TwoFormatsFake::DataPath(1)));

  answer_ = Status::OK();
  NewRun();
  ASSERT_TRUE(Work().ok());

  EXPECT_THAT(Live(), SizeIs(5));
  EXPECT_FALSE(Exists(TwoFormatsFake::DataPath(1)));
  EXPECT_THAT(Found(kOfFirst), IsEmpty());
  EXPECT_THAT(*requests_->ListOpen(), IsEmpty());
}

TEST_F(ForgetterTest, DeletesWhatACrashLeftWithTheRows) {
  Commit(1);
  const std::string orphan =
      kRoot + "/data/date=2026-11-20/00000000-0000-4000-8000-000000000001.parquet";
  table_.Write(orphan, EncodeFile(2).bytes->ToString());
  EXPECT_THAT(Found(kOfSecond), Contains("forgotten_rows"));
  process_start_ms_ = table_.clock.UnixMillis();
  NewRun();
  Ask(kOfSecond);

  ASSERT_TRUE(Work().ok());

  EXPECT_FALSE(Exists(orphan));
  EXPECT_THAT(Found(kOfSecond), IsEmpty());
}

TEST_F(ForgetterTest, LeavesWhatThisRunWrote) {
  Commit(1);
  const std::string orphan =
      kRoot + "/data/date=2026-11-20/00000000-0000-4000-8000-000000000001.parquet";
  table_.Write(orphan, EncodeFile(2).bytes->ToString());
  Ask(kOfSecond);

  ASSERT_TRUE(Work().ok());

  EXPECT_TRUE(Exists(orphan));
}

}  // namespace
}  // namespace weir::maintain
