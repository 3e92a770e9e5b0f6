// SPDX-License-Identifier: Apache-2.0
#include "commit/table_commit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "commit/delta_publisher.h"
#include "commit/lake_fake.h"

namespace weir::commit {
namespace {

using signal::Signal;
using store::Verb;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using Rows = std::vector<int64_t>;

class TableCommitTest : public testing::Test {
 protected:
  TableCommitTest() {
    writer_ = lake_.catalog().WriterId("journal").ValueOrDie();
    for (const Signal signal : {Signal::kTraces, Signal::kLogs}) {
      EXPECT_TRUE(heads_.Open({{}, signal::TableOf(signal)}).ok());
    }
    EXPECT_TRUE(PublishPendingDelta(lake_.store, lake_.catalog()).ok());
  }

  /// A commit that tries every step again `tries` times in all, and keeps their names.
  TableCommit NewCommit(TableHeads& heads, size_t tries = 30) {
    return TableCommit({lake_.store, lake_.catalog(), lake_.clock, heads},
                       [this, tries](std::string_view step, const Status&) {
                         retries_.emplace_back(step);
                         return retries_.size() < tries;
                       });
  }
  /// Rows of spans, the writer's next request.
  Status CommitSpans(const std::string& body, TableHeads& heads, size_t tries = 30) {
    buffer::Generation generation(writer_, buffer::kFakeColumns);
    TRY(generation.Append({.body = body}, ++sequence_));
    TableCommit commit = NewCommit(heads, tries);
    TRY(commit.Add(generation));
    return commit.Finish();
  }
  Status CommitSpans(const std::string& body, size_t tries = 30) {
    return CommitSpans(body, heads_, tries);
  }
  std::vector<std::string> MetadataFiles() const {
    std::vector<std::string> found;
    for (const std::string& path : lake_.store.List(RootOf(kSpans) + "/metadata").ValueOrDie()) {
      if (path.ends_with(".metadata.json")) found.push_back(path);
    }
    return found;
  }

  LakeFake lake_;
  TableHeads heads_{lake_.store, lake_.catalog(), lake_.clock};
  uint32_t writer_ = 0;
  uint64_t sequence_ = 0;
  std::vector<std::string> retries_;
};

TEST_F(TableCommitTest, ShowsRowsInBothFormatsAFileADayAndRemembersTheProgress) {
  ASSERT_TRUE(CommitSpans("1 2 3").ok());

  EXPECT_EQ(RowsOf(lake_, kSpans), (Rows{1, 2, 3}));
  EXPECT_THAT(IcebergFiles(lake_, kSpans).ValueOrDie(),
              ElementsAre(HasSubstr("data/date=2026-11-20/"), HasSubstr("data/date=2026-11-21/")));
  EXPECT_EQ(lake_.catalog().CommittedSequence(writer_).ValueOrDie(), 1u);
  EXPECT_THAT(retries_, IsEmpty());
}

TEST_F(TableCommitTest, AddsOneSnapshotAndOneDeltaVersionACommit) {
  ASSERT_TRUE(CommitSpans("1").ok());
  ASSERT_TRUE(CommitSpans("2").ok());

  EXPECT_EQ(lake_.catalog().Load(kSpans)->delta_version, 2);
  EXPECT_EQ(RowsOf(lake_, kSpans), (Rows{1, 2}));
}

TEST_F(TableCommitTest, MovesAllTablesOfAllWritersInOneTransaction) {
  buffer::Generation one(writer_, buffer::kFakeColumns);
  buffer::Generation other(lake_.catalog().WriterId("other").ValueOrDie(), buffer::kFakeColumns);
  ASSERT_TRUE(one.Append({.body = "1"}, 4).ok());
  ASSERT_TRUE(one.Append({.signal = Signal::kLogs, .body = "2"}, 5).ok());
  ASSERT_TRUE(other.Append({.body = "3"}, 9).ok());
  const int64_t before = lake_.catalog().CallsOf(Call::kCommit);

  TableCommit commit = NewCommit(heads_);
  ASSERT_TRUE(commit.Add(one).ok());
  ASSERT_TRUE(commit.Add(other).ok());
  ASSERT_TRUE(commit.Finish().ok());

  EXPECT_EQ(lake_.catalog().CallsOf(Call::kCommit), before + 1);
  EXPECT_EQ(RowsOf(lake_, kSpans), (Rows{1, 3}));
  EXPECT_EQ(RowsOf(lake_, kLogs), (Rows{2}));
  EXPECT_EQ(lake_.catalog().CommittedSequence(writer_).ValueOrDie(), 5u);
  EXPECT_EQ(lake_.catalog().CommittedSequence(other.writer()).ValueOrDie(), 9u);
}

TEST_F(TableCommitTest, CreatesATableAtItsFirstRows) {
  buffer::Generation generation(writer_, buffer::kFakeColumns);
  ASSERT_TRUE(generation.Append({.tables = {"team_a", "prod_"}, .body = "1"}, 1).ok());

  TableCommit commit = NewCommit(heads_);
  ASSERT_TRUE(commit.Add(generation).ok());
  ASSERT_TRUE(commit.Finish().ok());

  EXPECT_EQ(RowsOf(lake_, {"team_a", "prod_otel_spans"}), (Rows{1}));
}

TEST_F(TableCommitTest, DoesNothingWithoutRows) {
  buffer::Generation empty(writer_, buffer::kFakeColumns);
  const int64_t before = lake_.catalog().CallsOf(Call::kCommit);

  TableCommit commit = NewCommit(heads_);
  ASSERT_TRUE(commit.Add(empty).ok());
  ASSERT_TRUE(commit.Finish().ok());

  EXPECT_EQ(lake_.catalog().CallsOf(Call::kCommit), before);
  EXPECT_EQ(lake_.catalog().Load(kSpans)->snapshot_id, 0);
}

TEST_F(TableCommitTest, FindsThatACommitWithoutAnswerHappened) {
  lake_.catalog().Inject(
      {.call = Call::kCommit, .is_done = true, .kind = ErrorKind::kUnknownOutcome});

  ASSERT_TRUE(CommitSpans("1 2").ok());

  EXPECT_THAT(retries_, IsEmpty());
  EXPECT_EQ(RowsOf(lake_, kSpans), (Rows{1, 2}));
  EXPECT_EQ(lake_.catalog().Load(kSpans)->delta_version, 1);
}

TEST_F(TableCommitTest, LooksAfterAnyFailureOfTheCatalogButAConflict) {
  lake_.catalog().Inject({.call = Call::kCommit, .is_done = true, .kind = ErrorKind::kInternal});

  ASSERT_TRUE(CommitSpans("1 2").ok());

  EXPECT_EQ(RowsOf(lake_, kSpans), (Rows{1, 2}));
  EXPECT_EQ(lake_.catalog().Load(kSpans)->delta_version, 1);
}

TEST_F(TableCommitTest, FindsThatACommitWithoutAnswerDidNotHappenAndDoesItAgain) {
  lake_.catalog().Inject({.call = Call::kCommit, .kind = ErrorKind::kUnknownOutcome});

  ASSERT_TRUE(CommitSpans("1 2").ok());

  EXPECT_THAT(retries_, ElementsAre("tables"));
  EXPECT_EQ(RowsOf(lake_, kSpans), (Rows{1, 2}));
  EXPECT_EQ(lake_.catalog().Load(kSpans)->delta_version, 1);
}

TEST_F(TableCommitTest, LooksAgainWhenItCantLook) {
  lake_.catalog().Inject(
      {.call = Call::kCommit, .is_done = true, .kind = ErrorKind::kUnknownOutcome});
  lake_.catalog().Inject({.call = Call::kLoad, .count = 2});

  ASSERT_TRUE(CommitSpans("1 2").ok());

  EXPECT_THAT(retries_, ElementsAre("outcome", "outcome"));
  EXPECT_EQ(RowsOf(lake_, kSpans), (Rows{1, 2}));
}

TEST_F(TableCommitTest, DeletesNothingWhileTheOutcomeIsUnknown) {
  lake_.catalog().Inject(
      {.call = Call::kCommit, .is_done = true, .kind = ErrorKind::kUnknownOutcome});
  lake_.catalog().Inject({.call = Call::kLoad, .count = CatalogFault::kForEver});

  const Status unknown = CommitSpans("1 2", 1);

  EXPECT_EQ(KindOf(unknown), ErrorKind::kUnknownOutcome);
  EXPECT_EQ(lake_.store.CallsOf(Verb::kDelete), 0);
  lake_.catalog().ClearFaults();
  ASSERT_TRUE(PublishPendingDelta(lake_.store, lake_.catalog()).ok());
  EXPECT_EQ(RowsOf(lake_, kSpans), (Rows{1, 2}));
}

TEST_F(TableCommitTest, PlansAgainFromWhereSomeoneElseMovedTheTable) {
  ASSERT_TRUE(CommitSpans("1").ok());
  TableHeads other_heads(lake_.store, lake_.catalog(), lake_.clock);
  ASSERT_TRUE(CommitSpans("2", other_heads).ok());

  ASSERT_TRUE(CommitSpans("3").ok());

  EXPECT_THAT(retries_, ElementsAre("tables"));
  EXPECT_EQ(RowsOf(lake_, kSpans), (Rows{1, 2, 3}));
}

TEST_F(TableCommitTest, GivesUpWithoutAnyTraceForReadersWhenToldSo) {
  lake_.store.Inject({.verb = Verb::kPut, .count = store::Fault::kForEver});

  const Status given_up = CommitSpans("1", 3);

  EXPECT_EQ(KindOf(given_up), ErrorKind::kRetryLater);
  EXPECT_THAT(retries_, ElementsAre("data file", "data file", "data file"));
  EXPECT_EQ(lake_.catalog().CommittedSequence(writer_).ValueOrDie(), 0u);
  EXPECT_THAT(RowsOf(lake_, kSpans), IsEmpty());
}

TEST_F(TableCommitTest, KeepsTryingWhileTheStoreIsFull) {
  lake_.store.SetCapacity(0);
  TableCommit commit({lake_.store, lake_.catalog(), lake_.clock, heads_},
                     [&](std::string_view step, const Status& full) {
                       EXPECT_THAT(full.message(), HasSubstr("no space left on device"));
                       if (retries_.emplace_back(step); retries_.size() == 5)
                         lake_.store.SetCapacity(1 << 20);
                       return true;
                     });
  buffer::Generation generation(writer_, buffer::kFakeColumns);
  ASSERT_TRUE(generation.Append({.body = "1 2"}, 1).ok());

  ASSERT_TRUE(commit.Add(generation).ok());
  ASSERT_TRUE(commit.Finish().ok());

  EXPECT_THAT(retries_, SizeIs(5));
  EXPECT_EQ(RowsOf(lake_, kSpans), (Rows{1, 2}));
}

/// Whichever call of the store fails, before or after it did its work, the rows are there once.
TEST_F(TableCommitTest, SurvivesAFaultAtEveryCallOfTheStore) {
  Rows expected;
  for (int call = 0; call < 12; ++call) {
    for (const bool is_done : {false, true}) {
      SCOPED_TRACE(testing::Message() << "call " << call << (is_done ? ", done" : ""));
      const int64_t row = static_cast<int64_t>(expected.size()) + 1;
      retries_.clear();
      lake_.store.Inject({.after = call, .is_done = is_done});

      ASSERT_TRUE(CommitSpans(std::to_string(row)).ok());

      lake_.store.ClearFaults();
      expected.push_back(row);
      EXPECT_EQ(RowsOf(lake_, kSpans), expected);
    }
  }
}

/// As above for the catalog; its commit can also end without an answer.
TEST_F(TableCommitTest, SurvivesAFaultAtEveryCallOfTheCatalog) {
  Rows expected;
  for (int call = 0; call < 6; ++call) {
    for (const bool is_done : {false, true}) {
      SCOPED_TRACE(testing::Message() << "call " << call << (is_done ? ", done" : ""));
      const int64_t row = static_cast<int64_t>(expected.size()) + 1;
      retries_.clear();
      lake_.catalog().Inject(
          {.after = call, .is_done = is_done, .kind = ErrorKind::kUnknownOutcome});

      ASSERT_TRUE(CommitSpans(std::to_string(row)).ok());

      lake_.catalog().ClearFaults();
      expected.push_back(row);
      EXPECT_EQ(RowsOf(lake_, kSpans), expected);
    }
  }
}

TEST_F(TableCommitTest, LeavesADeltaEntryThatCouldNotBeWrittenToTheNextOne) {
  ASSERT_TRUE(CommitSpans("1").ok());
  const std::string entry = table::delta::EntryPath(RootOf(kSpans), 2);
  lake_.catalog().Inject({.call = Call::kListPending, .count = CatalogFault::kForEver});
  ASSERT_FALSE(CommitSpans("2", 2).ok());
  EXPECT_THAT(retries_, ElementsAre("delta log", "delta log"));
  EXPECT_EQ(lake_.store.Head(entry).ValueOrDie(), std::nullopt);

  lake_.Restart();
  ASSERT_TRUE(PublishPendingDelta(lake_.store, lake_.catalog()).ok());

  EXPECT_EQ(RowsOf(lake_, kSpans), (Rows{1, 2}));
  EXPECT_THAT(lake_.catalog().ListPendingDelta().ValueOrDie(), IsEmpty());
}

TEST_F(TableCommitTest, PublishesAnEntryThatIsInTheLogAlreadyWithoutHarm) {
  lake_.catalog().Inject({.call = Call::kMarkPublished});

  ASSERT_TRUE(CommitSpans("1").ok());

  EXPECT_THAT(retries_, ElementsAre("delta log"));
  EXPECT_EQ(RowsOf(lake_, kSpans), (Rows{1}));
}

TEST_F(TableCommitTest, SaysWhenSomeoneElseWritesToTheDeltaLog) {
  ASSERT_TRUE(lake_.store.Put(table::delta::EntryPath(RootOf(kSpans), 1), "{}\n").ok());

  const Status refused = CommitSpans("1", 1);

  EXPECT_EQ(KindOf(refused), ErrorKind::kInternal);
  EXPECT_THAT(refused.message(),
              HasSubstr("telemetry.otel_spans: entry 1 was written by someone else"));
  EXPECT_EQ(lake_.store.Read(table::delta::EntryPath(RootOf(kSpans), 1)).ValueOrDie(), "{}\n");
}

TEST_F(TableCommitTest, DeletesMetadataThatNothingNamesAnyMore) {
  Rows expected;
  for (int64_t row = 1; row <= 30; ++row) {
    ASSERT_TRUE(CommitSpans(std::to_string(row)).ok());
    expected.push_back(row);
  }

  EXPECT_EQ(MetadataFiles().size(), 21u);  // The current one and 20 before it.
  EXPECT_EQ(RowsOf(lake_, kSpans), expected);
}

TEST_F(TableCommitTest, GoesOnWhenTheClockStepsBack) {
  ASSERT_TRUE(CommitSpans("1").ok());
  lake_.clock.Advance(-std::chrono::hours(1));

  ASSERT_TRUE(CommitSpans("2").ok());

  EXPECT_EQ(RowsOf(lake_, kSpans), (Rows{1, 2}));
}

TEST_F(TableCommitTest, GoesOnFromWhatAnotherProcessLeft) {
  ASSERT_TRUE(CommitSpans("1").ok());
  lake_.Restart();
  TableHeads heads(lake_.store, lake_.catalog(), lake_.clock);
  buffer::Generation generation(writer_, buffer::kFakeColumns);
  ASSERT_TRUE(generation.Append({.body = "2"}, 2).ok());

  TableCommit commit = NewCommit(heads);
  ASSERT_TRUE(commit.Add(generation).ok());
  ASSERT_TRUE(commit.Finish().ok());

  EXPECT_EQ(RowsOf(lake_, kSpans), (Rows{1, 2}));
}

}  // namespace
}  // namespace weir::commit
