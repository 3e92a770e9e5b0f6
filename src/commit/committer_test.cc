// SPDX-License-Identifier: Apache-2.0
#include "commit/committer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <future>

#include "buffer/journal_frame.h"
#include "buffer/taken_file.h"
#include "buffer/taken_reader.h"
#include "commit/lake_fake.h"

namespace weir::commit {
namespace {

using buffer::Ingest;
using store::Verb;
using testing::IsEmpty;
using testing::SizeIs;
using namespace std::chrono_literals;
using Rows = std::vector<int64_t>;

const catalog::TableName kLetters{"telemetry", "otel_dead_letters"};

class CommitterTest : public testing::Test {
 protected:
  CommitterTest() { Start(); }

  /// A committer that commits only when it is woken or stopped, as at the start of a process.
  void Start(std::chrono::milliseconds retry_pause = 1ms, int64_t replay_flush_bytes = 48 << 20) {
    committer_.reset();
    committer_ = std::make_unique<Committer>(
        Committer::Options{.store = lake_.store,
                           .catalog = lake_.catalog(),
                           .clock = lake_.clock,
                           .new_columns = columns_,
                           .interval = 1h,
                           .quarantine_directory = lake_.quarantine(),
                           .replay_flush_bytes = replay_flush_bytes,
                           .retry_pause = retry_pause,
                           .taken_directory = buffer::TakenDirectory(lake_.journal_root()),
                           .taken_for = taken_for_});
    ASSERT_TRUE(committer_->Prepare().ok());
  }
  std::unique_ptr<Ingest> OpenIngest(const std::string& name) {
    const uint32_t writer = lake_.catalog().WriterId(name).ValueOrDie();
    return Ingest::Open(
               {.journal = {.directory = buffer::JournalDirectory(lake_.journal_root(), writer),
                            .writer = writer,
                            .segment_bytes = 4096},
                .new_columns = columns_})
        .ValueOrDie();
  }
  static bool Send(Ingest& ingest, const std::string& body) {
    std::promise<bool> answer;
    ingest.Accept({.body = body},
                  [&](Result<signal::ExportOutcome> outcome) { answer.set_value(outcome.ok()); });
    return answer.get_future().get();
  }
  std::vector<buffer::LeftJournal> Left() const {
    return buffer::ListJournals(lake_.journal_root()).ValueOrDie();
  }
  /// Brings what is left into the tables and ends.
  void RecoverAndStop() {
    committer_->Start({}, Left());
    committer_->Stop();
  }
  /// A segment of a crashed run of writer `name`: one frame each for `requests`.
  void LeaveSegment(const std::string& name,
                    const std::vector<std::pair<uint64_t, std::string>>& requests) {
    const uint32_t writer = lake_.catalog().WriterId(name).ValueOrDie();
    const std::string directory = buffer::JournalDirectory(lake_.journal_root(), writer);
    std::filesystem::create_directories(directory);
    const auto header = buffer::EncodeSegmentHeader({writer, requests.front().first});
    std::ofstream file(directory + "/" + std::to_string(++segments_) + ".wal", std::ios::binary);
    file.write(header.data(), header.size());
    for (const auto& [sequence, body] : requests) {
      file << buffer::EncodeFrameHead({.body = body}, sequence) << body;
    }
  }
  template <typename Event>
  static bool IsSoon(Event event) {
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    while (!event() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    return event();
  }

  LakeFake lake_;
  std::unique_ptr<Committer> committer_;
  int segments_ = 0;
  std::chrono::seconds taken_for_{0};
  signal::RowColumnsFactory columns_ = buffer::kFakeColumns;
};

TEST_F(CommitterTest, PreparesTheDefaultTablesInBothFormats) {
  for (const char* table : {"otel_spans", "otel_logs", "otel_metrics"}) {
    EXPECT_THAT(RowsOf(lake_, {"telemetry", table}), IsEmpty());
    EXPECT_TRUE(
        lake_.store.Head(table::delta::EntryPath(RootOf({"telemetry", table}), 0))->has_value());
  }
  EXPECT_THAT(lake_.catalog().ListPendingDelta().ValueOrDie(), IsEmpty());
}

TEST_F(CommitterTest, CommitsWhatIngestsGatheredWhenItStops) {
  const auto one = OpenIngest("one"), other = OpenIngest("other");
  committer_->Start({one.get(), other.get()}, {});
  ASSERT_TRUE(Send(*one, "1 2"));
  ASSERT_TRUE(Send(*other, "3"));

  one->Stop();
  other->Stop();
  committer_->Stop();

  EXPECT_EQ(RowsOf(lake_, kSpans), (Rows{1, 2, 3}));
  EXPECT_EQ(one->buffered_bytes(), 0);
}

/// After which day a trace index says that it has all spans; empty where it has all there are.
std::string CompleteAfter(LakeFake& lake, const catalog::TableName& index) {
  const catalog::TableEntry entry = lake.catalog().Load(index).ValueOrDie();
  const std::string path = entry.metadata_location.substr(lake.store.Uri("").size());
  const auto state = table::iceberg::ReadTable(lake.store, path).ValueOrDie();
  const auto found = state.metadata.properties.find(signal::kCompleteAfterProperty);
  return found == state.metadata.properties.end() ? "" : found->second;
}

TEST_F(CommitterTest, CommitsTheTraceIndexWithItsSpans) {
  columns_ = buffer::kFakeColumnsOfAllTables;
  Start();
  const auto ingest = OpenIngest("one");
  ASSERT_TRUE(Send(*ingest, "1 2 3"));
  const int64_t commits_before = lake_.catalog().CallsOf(Call::kCommit);

  committer_->Start({ingest.get()}, {});
  ingest->Stop();
  committer_->Stop();

  EXPECT_EQ(lake_.catalog().CallsOf(Call::kCommit), commits_before + 1);
  EXPECT_EQ(RowsOf(lake_, kSpans), (Rows{1, 2, 3}));
  EXPECT_EQ(RowsOf(lake_, kIndex), (Rows{2, 1001}));
  EXPECT_EQ(CompleteAfter(lake_, kIndex), "");
}

TEST_F(CommitterTest, ReplaysTheTraceIndexWithItsSpans) {
  columns_ = buffer::kFakeColumnsOfAllTables;
  Start();
  LeaveSegment("crashed", {{1, "1"}, {2, "2"}, {3, "3 4"}});
  ASSERT_TRUE(lake_.catalog().Commit({}, {{Left().at(0).writer, 2}}).ok());
  // The answer of the commit is lost, and it is not done again.
  lake_.catalog().Inject({.call = Call::kCommit, .is_done = true});

  RecoverAndStop();

  EXPECT_EQ(RowsOf(lake_, kSpans), (Rows{3, 4}));
  EXPECT_EQ(RowsOf(lake_, kIndex), (Rows{1002}));
}

TEST_F(CommitterTest, SaysAfterWhichDayATraceIndexIsCompleteWhereThereWereSpansBefore) {
  const auto commit = [&](const char* writer, const char* body) {
    const auto ingest = OpenIngest(writer);
    std::promise<void> done;
    ingest->Accept({.tables = {"telemetry", "old_"}, .body = body},
                   [&](const Result<signal::ExportOutcome>&) { done.set_value(); });
    done.get_future().wait();
    committer_->Start({ingest.get()}, {});
    ingest->Stop();
    committer_->Stop();
  };
  commit("before", "2");  // Of an even number is 2026-11-20, of an odd one the day after.
  columns_ = buffer::kFakeColumnsOfAllTables;
  Start();

  commit("after", "3");

  EXPECT_EQ(CompleteAfter(lake_, {"telemetry", "old_trace_index"}), "2026-11-20");
}

TEST_F(CommitterTest, BringsDeadLettersIntoATableOfTheirOwn) {
  EXPECT_FALSE(lake_.catalog().Load(kLetters).ok());
  columns_ = buffer::kFakeColumnsAndLetters;
  Start();
  EXPECT_THAT(RowsOf(lake_, kLetters), IsEmpty());
  const auto ingest = OpenIngest("one");
  committer_->Start({ingest.get()}, {});
  ASSERT_TRUE(Send(*ingest, "1 !2"));
  EXPECT_FALSE(Send(*ingest, "?3"));

  ingest->Stop();
  committer_->Stop();

  EXPECT_EQ(RowsOf(lake_, kSpans), (Rows{1}));
  EXPECT_EQ(RowsOf(lake_, kLetters), (Rows{2, 3}));
}

TEST_F(CommitterTest, ReplaysDeadLettersAndTakesNoRefusedRequestForTaken) {
  columns_ = buffer::kFakeColumnsAndLetters;
  taken_for_ = 300s;
  Start();
  {
    const auto crashed = OpenIngest("crashed");
    ASSERT_TRUE(Send(*crashed, "1 !2"));
    // Refused twice: each time it is a letter.
    EXPECT_FALSE(Send(*crashed, "?3"));
    EXPECT_FALSE(Send(*crashed, "?3"));
  }
  int taken = 0;
  ASSERT_TRUE(buffer::ReadTakenOf(Left().at(0), [&](const auto&) { ++taken; }).ok());
  EXPECT_EQ(taken, 1);

  RecoverAndStop();

  EXPECT_EQ(RowsOf(lake_, kSpans), (Rows{1}));
  EXPECT_EQ(RowsOf(lake_, kLetters), (Rows{2, 3, 3}));
  EXPECT_THAT(Left(), IsEmpty());
}

TEST_F(CommitterTest, CommitsBeforeItsTimeWhenWoken) {
  const auto ingest = OpenIngest("one");
  committer_->Start({ingest.get()}, {});
  ASSERT_TRUE(Send(*ingest, "1"));

  committer_->Wake();

  EXPECT_TRUE(IsSoon(
      [&] { return lake_.catalog().CommittedSequence(ingest->writer()).ValueOrDie() == 1; }));
  committer_->Stop();
  EXPECT_EQ(RowsOf(lake_, kSpans), (Rows{1}));
}

TEST_F(CommitterTest, ReplaysOnlyWhatIsAboveTheCommittedSequenceAndRemovesTheJournal) {
  LeaveSegment("crashed", {{1, "1"}, {2, "2"}, {3, "3 4"}});
  const uint32_t writer = Left().at(0).writer;
  ASSERT_TRUE(lake_.catalog().Commit({}, {{writer, 2}}).ok());

  RecoverAndStop();

  EXPECT_TRUE(committer_->has_recovered());
  EXPECT_EQ(RowsOf(lake_, kSpans), (Rows{3, 4}));
  EXPECT_EQ(lake_.catalog().CommittedSequence(writer).ValueOrDie(), 3u);
  EXPECT_THAT(Left(), IsEmpty());
}

TEST_F(CommitterTest, ReplaysTheJournalOfAnIngestThatDied) {
  auto ingest = OpenIngest("one");
  ASSERT_TRUE(Send(*ingest, "1 2 !"));
  ASSERT_TRUE(Send(*ingest, "3"));
  ingest.reset();

  RecoverAndStop();

  EXPECT_EQ(RowsOf(lake_, kSpans), (Rows{1, 2, 3}));
}

TEST_F(CommitterTest, ReplaysARequestThatIsInTwoSegmentsOnceAlsoAcrossCommits) {
  Start(1ms, /*replay_flush_bytes=*/1);
  LeaveSegment("crashed", {{1, "1"}, {2, "2"}});
  LeaveSegment("crashed", {{2, "2"}, {3, "3"}});

  RecoverAndStop();

  EXPECT_EQ(RowsOf(lake_, kSpans), (Rows{1, 2, 3}));
  EXPECT_EQ(lake_.catalog().Load(kSpans)->delta_version, 3);
}

TEST_F(CommitterTest, ReplaysARequestOnceThatItsSenderSentAgainUnderAnotherNumber) {
  taken_for_ = 60s;
  Start();
  LeaveSegment("crashed", {{1, "1"}, {2, "2 3"}, {3, "1"}});
  LeaveSegment("other", {{1, "2 3"}, {2, "4"}});

  RecoverAndStop();

  EXPECT_EQ(RowsOf(lake_, kSpans), (Rows{1, 2, 3, 4}));
}

TEST_F(CommitterTest, ReplaysEqualRequestsEachWhereNoneIsToBeRecognised) {
  LeaveSegment("crashed", {{1, "1"}, {2, "1"}});

  RecoverAndStop();

  EXPECT_EQ(RowsOf(lake_, kSpans), (Rows{1, 1}));
}

TEST_F(CommitterTest, NotesWhatItReplayedSoThatTheNextStartKnowsIt) {
  taken_for_ = 60s;
  Start();
  LeaveSegment("crashed", {{1, "1"}, {2, "2 3"}});
  RecoverAndStop();
  Start();
  LeaveSegment("crashed again", {{1, "2 3"}, {2, "5"}});

  RecoverAndStop();

  EXPECT_EQ(RowsOf(lake_, kSpans), (Rows{1, 2, 3, 5}));
}

TEST_F(CommitterTest, SetsARequestThatCantBeDecodedAsideAndReplaysTheOthers) {
  LeaveSegment("crashed", {{1, "1"}, {2, "?"}, {3, "3"}});

  RecoverAndStop();

  EXPECT_EQ(RowsOf(lake_, kSpans), (Rows{1, 3}));
  EXPECT_THAT(Left(), IsEmpty());
  std::vector<std::string> aside;
  for (const auto& entry : std::filesystem::directory_iterator(lake_.quarantine())) {
    aside.push_back(entry.path().filename().string());
  }
  ASSERT_THAT(aside, SizeIs(1));
  EXPECT_THAT(aside[0], testing::EndsWith("-0000000000000002.frame.0"));
}

TEST_F(CommitterTest, LeavesAJournalToTheNextStartWhenTheStoreFails) {
  LeaveSegment("crashed", {{1, "1"}, {2, "2"}});
  lake_.store.Inject({.verb = Verb::kPut, .count = store::Fault::kForEver});
  RecoverAndStop();
  EXPECT_THAT(Left(), SizeIs(1));
  lake_.Restart();
  Start();

  RecoverAndStop();

  EXPECT_EQ(RowsOf(lake_, kSpans), (Rows{1, 2}));
  EXPECT_THAT(Left(), IsEmpty());
}

TEST_F(CommitterTest, PublishesDeltaEntriesThatACrashLeftPending) {
  const auto ingest = OpenIngest("one");
  ASSERT_TRUE(Send(*ingest, "1"));
  lake_.catalog().Inject({.call = Call::kListPending, .count = CatalogFault::kForEver});
  committer_->Start({ingest.get()}, {});
  committer_->Stop();
  EXPECT_THAT(lake_.catalog().CommittedSequence(ingest->writer()).ValueOrDie(), 1u);

  committer_.reset();
  lake_.Restart();
  Start();

  EXPECT_EQ(RowsOf(lake_, kSpans), (Rows{1}));
}

TEST_F(CommitterTest, NeverCommitsPastRowsItGaveUp) {
  Start(/*retry_pause=*/1h);
  auto ingest = OpenIngest("one");
  lake_.store.Inject({.verb = Verb::kPut, .count = 4});  // One while running, three while stopping.
  ASSERT_TRUE(Send(*ingest, "1 3"));
  committer_->Start({ingest.get()}, {});
  ASSERT_TRUE(IsSoon([&] { return lake_.store.CallsOf(Verb::kPut) > 0; }));
  ASSERT_TRUE(Send(*ingest, "5"));

  committer_->Stop();  // Gives up 1 and 3; the store is well again when 5's turn comes.

  EXPECT_EQ(lake_.catalog().CommittedSequence(ingest->writer()).ValueOrDie(), 0u);
  ingest.reset();
  committer_.reset();
  lake_.Restart();
  Start();
  RecoverAndStop();
  EXPECT_EQ(RowsOf(lake_, kSpans), (Rows{1, 3, 5}));
}

}  // namespace
}  // namespace weir::commit
