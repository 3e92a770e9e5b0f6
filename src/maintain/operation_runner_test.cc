// SPDX-License-Identifier: Apache-2.0
#include "maintain/operation_runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "maintain/two_formats_fake.h"
#include "maintain/verify_history.h"
#include "maintain/verify_table.h"

namespace weir::maintain {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using namespace std::chrono_literals;

constexpr int32_t kOldDay = 20'000;

class OperationRunnerTest : public testing::Test {
 protected:
  OperationRunnerTest()
      : logs_({.store = table_.store(), .clock = table_.clock, .limits = {}}),
        compactor_({.store = table_.store(),
                    .clock = table_.clock,
                    .rearrange = rearrange_,
                    .limits = {.fan_in = 4}}) {}

  OperationRunner Make() {
    return OperationRunner({.store = table_.store(),
                            .catalog = table_.catalog(),
                            .clock = table_.clock,
                            .rearrange = rearrange_,
                            .retention = retention_,
                            .history = 1h,
                            .orphans = {.process_start_ms = table_.clock.UnixMillis()}},
                           compactor_, logs_);
  }
  /// `action subject files rows` of each step.
  std::vector<std::string> Run(const OperationRequest& request) {
    std::vector<std::string> steps;
    OperationRunner runner = Make();
    const Status done = runner.Run(request, [&](const OperationStep& step) {
      EXPECT_EQ(step.table, "telemetry.otel_spans");
      steps.push_back(fmt::format("{} {} {} {}", step.action, step.subject, step.files, step.rows));
    });
    EXPECT_TRUE(done.ok()) << done.ToString();
    return steps;
  }
  void Commit(int count, int32_t day = table::iceberg::kTestDate) {
    for (int i = 0; i < count; ++i) {
      table_.Commit([day](datafile::ParquetFile& file) { file.file.date = day; });
    }
  }
  int64_t Version() { return table_.Entry().delta_version; }
  size_t Snapshots() { return table_.State().metadata.snapshots.size(); }

  TwoFormatsFake table_;
  RetentionLimits retention_;
  Rearrange rearrange_ = [this](const catalog::TableName&, table::TableChange change) {
    table_.Rearrange(change);
    return Status::OK();
  };
  DeltaLogKeeper logs_;
  Compactor compactor_;
};

TEST_F(OperationRunnerTest, DropsPartitionsAsConfigured) {
  Commit(2, kOldDay);
  Commit(1);
  EXPECT_THAT(Run({.verb = Verb::kExpire}), IsEmpty());

  retention_.days_by_table["otel_spans"] = 1;  // The clock is a century on.

  EXPECT_THAT(Run({.verb = Verb::kExpire, .is_dry_run = true}), SizeIs(2));
  EXPECT_EQ(Version(), 3);
  EXPECT_THAT(Run({.verb = Verb::kExpire}), ElementsAre("drop_partition date=2024-10-04 2 6",
                                                        "drop_partition date=2026-11-20 1 3"));
  EXPECT_EQ(Version(), 4);
  EXPECT_EQ(table_.State().metadata.CurrentSnapshot()->summary.total_files, 0);
  EXPECT_THAT(table_.Read(TwoFormatsFake::LogPath(4)), HasSubstr("\"dataChange\":true"));
  EXPECT_THAT(Run({.verb = Verb::kExpire}), IsEmpty());
}

TEST_F(OperationRunnerTest, DropsOnePartitionOnDemand) {
  Commit(2, kOldDay);
  Commit(1);

  EXPECT_THAT(Run({.verb = Verb::kExpire, .date = kOldDay}),
              ElementsAre("drop_partition date=2024-10-04 2 6"));

  EXPECT_EQ(table_.State().metadata.CurrentSnapshot()->summary.operation, "delete");
  EXPECT_EQ(table_.State().metadata.CurrentSnapshot()->summary.total_files, 1);
}

TEST_F(OperationRunnerTest, DropsVersionsButTheCurrentOneAndKeepsTheirMetadataForTheHistory) {
  Commit(3);

  EXPECT_THAT(Run({.verb = Verb::kExpire, .versions_older_than_s = 0}), SizeIs(1));

  EXPECT_EQ(Snapshots(), 2u);  // The one before, and the commit that dropped the others.
  EXPECT_EQ(VerifyHistory(table_.lake(), kTable)->unnamed_files, 0);
  EXPECT_THAT(Run({.verb = Verb::kGc}), SizeIs(2));  // Lists of two versions.
  EXPECT_EQ(VerifyHistory(table_.lake(), kTable)->findings.errors(), 0);
}

TEST_F(OperationRunnerTest, CompactsUntilNothingIsDue) {
  Commit(8);

  EXPECT_THAT(Run({.verb = Verb::kCompact, .is_dry_run = true}), SizeIs(testing::Ge(1u)));
  EXPECT_EQ(Version(), 8);
  EXPECT_THAT(Run({.verb = Verb::kCompact}), SizeIs(testing::Ge(1u)));

  EXPECT_LT(table_.State().metadata.CurrentSnapshot()->summary.total_files, 8);
  EXPECT_THAT(Run({.verb = Verb::kCompact}), IsEmpty());
}

TEST_F(OperationRunnerTest, DeletesRetiredFilesOnlyOnceDeltasLogIsPastThem) {
  Commit(2);
  table_.Remove(EncodeFile(1).file);
  table_.DropAllButTheCurrentSnapshot();
  const auto gc = OperationRequest{.verb = Verb::kGc, .is_dry_run = true};
  const auto retired = [&] {
    auto steps = Run(gc);
    std::erase_if(steps, [](const auto& step) { return !step.starts_with("delete_retired"); });
    return steps;
  };
  EXPECT_THAT(retired(), IsEmpty());  // Version 2 of the log has it.

  // No entry comes that would shorten the log, so a checkpoint is written for it.
  OperationRunner runner = Make();
  ASSERT_TRUE(runner.FreeRetired(table_.Entry()).ok());
  EXPECT_EQ(logs_.ExtentOf(table_.Entry())->checkpoint, 3);
  EXPECT_THAT(retired(), IsEmpty());
  table_.clock.Advance(2h);
  ASSERT_TRUE(logs_.Keep(table_.Entry()).ok());

  EXPECT_THAT(retired(), ElementsAre("delete_retired data/date=2026-11-20/1.parquet 1 0"));
  ASSERT_TRUE(runner.DeleteRetired(table_.Entry()).ok());
  EXPECT_FALSE(table_.store().Head(TwoFormatsFake::DataPath(1))->has_value());
  EXPECT_EQ(VerifyHistory(table_.lake(), kTable)->findings.errors(), 0);
}

TEST_F(OperationRunnerTest, SaysWhatForgettingWouldTake) {
  Commit(3);

  EXPECT_THAT(Run({.verb = Verb::kForget,
                   .is_dry_run = true,
                   .forgotten = ForgottenValue{"service_name", "svc-2-000"}}),
              ElementsAre("rewrite_file data/date=2026-11-20/2.parquet 1 1",
                          "drop_versions 2 snapshots from version 2 on 0 0"));
  EXPECT_EQ(Version(), 3);
}

TEST_F(OperationRunnerTest, NamesTheTableThatIsNotThere) {
  OperationRunner runner = Make();

  const Status done =
      runner.Run({.verb = Verb::kGc, .table = catalog::TableName{"telemetry", "nothing"}},
                 [](const OperationStep&) {});

  EXPECT_EQ(KindOf(done), ErrorKind::kNotFound);
}

}  // namespace
}  // namespace weir::maintain
