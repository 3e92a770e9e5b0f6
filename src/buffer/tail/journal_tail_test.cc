// SPDX-License-Identifier: Apache-2.0
#include "buffer/tail/journal_tail.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "buffer/test_ingest.h"

namespace weir::buffer {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class JournalTailTest : public IngestTest {
 protected:
  void OpenTail(int64_t bytes_max = 1 << 20) {
    options_.new_columns = kFakeColumnsOfAllTables;
    Open();
    tail_ = std::make_unique<JournalTail>(JournalTail::Options{
        .ingests = {ingest_.get()}, .new_columns = options_.new_columns, .bytes_max = bytes_max});
  }
  /// The rows of a table that are left after `committed`, piece by piece.
  std::vector<std::vector<int64_t>> Pieces(uint64_t committed = 0,
                                           signal::Table table = signal::Table::kSpans) {
    const auto view = tail_->Take().ValueOrDie();
    EXPECT_THAT(view->writers(), ElementsAre(7));
    view->LeaveOut(7, committed);
    return PiecesOf(*view, table);
  }
  static std::vector<std::vector<int64_t>> PiecesOf(signal::TailView& view, signal::Table table) {
    std::vector<std::vector<int64_t>> pieces;
    for (const auto& rows : view.RowsOf({}, table).ValueOrDie()) {
      const Status read = rows->Read([&](signal::RowColumns& columns) {
        pieces.push_back(dynamic_cast<NumberList&>(columns).rows());
        return Status::OK();
      });
      EXPECT_TRUE(read.ok());
    }
    return pieces;
  }
  std::vector<int64_t> Rows(uint64_t committed = 0, signal::Table table = signal::Table::kSpans) {
    std::vector<int64_t> all;
    for (const auto& piece : Pieces(committed, table)) {
      all.insert(all.end(), piece.begin(), piece.end());
    }
    return all;
  }

  std::unique_ptr<JournalTail> tail_;
};

TEST_F(JournalTailTest, HasWhatWasAnsweredAtOnce) {
  OpenTail();

  EXPECT_THAT(Rows(), IsEmpty());
  ASSERT_TRUE(SendAndWait("1 2").ok());
  EXPECT_THAT(Rows(), ElementsAre(1, 2));
  ASSERT_TRUE(SendAndWait("3").ok());
  EXPECT_THAT(Rows(), ElementsAre(1, 2, 3));
}

TEST_F(JournalTailTest, HasEveryTableOfARequest) {
  OpenTail();

  ASSERT_TRUE(SendAndWait("1 !5").ok());
  EXPECT_FALSE(SendAndWait("?6").ok());

  EXPECT_THAT(Rows(0, signal::Table::kSpans), ElementsAre(1));
  EXPECT_THAT(Rows(0, signal::Table::kDeadLetters), ElementsAre(5, 6));
  EXPECT_THAT(Rows(0, signal::Table::kTraceIndex), ElementsAre(1));
  EXPECT_THAT(Rows(0, signal::Table::kLogs), IsEmpty());
}

TEST_F(JournalTailTest, LacksWhatIsNotSyncedYet) {
  OpenTail();
  HoldSyncs();
  std::future<Outcome> answer = Send("1");
  in_sync_.acquire();

  EXPECT_THAT(Rows(), IsEmpty());
  ReleaseSync();
  ASSERT_TRUE(Wait(std::move(answer)).ok());

  EXPECT_THAT(Rows(), ElementsAre(1));
}

TEST_F(JournalTailTest, LacksWhatCouldNotBeSynced) {
  OpenTail();
  ASSERT_TRUE(SendAndWait("1").ok());
  failing_syncs_ = 2;  // Of the segment, and of the next.

  EXPECT_FALSE(SendAndWait("2").ok());
  EXPECT_THAT(Rows(), ElementsAre(1));
  ASSERT_TRUE(IsAcceptingSoon());
  ASSERT_TRUE(SendAndWait("3").ok());

  EXPECT_THAT(Rows(), ElementsAre(1, 3));
}

TEST_F(JournalTailTest, HasOnceWhatHadToMoveToAnotherSegment) {
  OpenTail();
  ASSERT_TRUE(SendAndWait("1").ok());
  failing_syncs_ = 1;

  ASSERT_TRUE(SendAndWait("2").ok());

  EXPECT_THAT(Rows(), ElementsAre(1, 2));
}

TEST_F(JournalTailTest, KeepsRowsThatAreSealedUntilTheyAreLeftOut) {
  OpenTail();
  ASSERT_TRUE(SendAndWait("1").ok());
  const auto sealed = ingest_->Seal();
  ASSERT_TRUE(SendAndWait("2").ok());

  EXPECT_THAT(Rows(), ElementsAre(1, 2));
  EXPECT_THAT(Rows(sealed->last_sequence()), ElementsAre(2));
}

TEST_F(JournalTailTest, LeavesPartOfAPieceOut) {
  OpenTail();
  for (const char* body : {"1", "2", "3"}) ASSERT_TRUE(SendAndWait(body).ok());
  const auto before = tail_->Take().ValueOrDie();
  const auto late = tail_->Take().ValueOrDie();

  EXPECT_THAT(Pieces(2), ElementsAre(ElementsAre(3)));

  // Views from before have what they need, whatever others left out.
  EXPECT_THAT(PiecesOf(*before, signal::Table::kSpans), ElementsAre(ElementsAre(1, 2, 3)));
  late->LeaveOut(7, 1);
  EXPECT_THAT(PiecesOf(*late, signal::Table::kSpans), ElementsAre(ElementsAre(2, 3)));
  EXPECT_THAT(Pieces(2), ElementsAre(ElementsAre(3)));
  EXPECT_THAT(Pieces(3), IsEmpty());
}

TEST_F(JournalTailTest, ForgetsWhatIsReleased) {
  OpenTail();
  ASSERT_TRUE(SendAndWait("1").ok());
  const auto view = tail_->Take().ValueOrDie();
  ASSERT_EQ(ingest_->Seal()->last_sequence(), 1u);
  ASSERT_TRUE(SendAndWait("2").ok());
  ingest_->Release(1);
  tail_->DropReleased();

  EXPECT_THAT(Rows(), ElementsAre(2));
  EXPECT_THAT(PiecesOf(*view, signal::Table::kSpans), ElementsAre(ElementsAre(1)));
}

TEST_F(JournalTailTest, ReadsOnInSegmentsThatAreWrittenOver) {
  options_.journal_bytes_max = 64 << 10;
  OpenTail();
  std::string words;
  while (words.size() < 3000) words += "1 ";

  for (uint64_t sequence = 1; sequence <= 12; ++sequence) {  // More than a segment has room for.
    ASSERT_TRUE(SendAndWait(words + std::to_string(sequence)).ok());
    if (sequence % 3 == 0) {
      const auto rows = Rows(sequence - 1);
      ASSERT_FALSE(rows.empty());
      EXPECT_EQ(rows.back(), static_cast<int64_t>(sequence));
    }
    if (sequence % 2 == 0) ingest_->Release(sequence);
  }
}

TEST_F(JournalTailTest, PutsSmallPiecesTogether) {
  OpenTail();

  for (int i = 0; i < 64; ++i) {
    ASSERT_TRUE(SendAndWait(std::to_string(i)).ok());
    EXPECT_LE(Pieces().size(), 9u);  // Three of each level at most.
  }

  const auto rows = Rows();
  EXPECT_EQ(rows.size(), 64u);
  EXPECT_TRUE(std::ranges::is_sorted(rows));
}

TEST_F(JournalTailTest, CopiesNoMoreThanItMay) {
  OpenTail(200);
  ASSERT_TRUE(SendAndWait("1").ok());
  ASSERT_TRUE(tail_->Take().ok());
  ASSERT_TRUE(SendAndWait("1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24").ok());

  const auto refused = tail_->Take();

  EXPECT_EQ(KindOf(refused.status()), ErrorKind::kRetryLater);
  EXPECT_THAT(refused.status().message(), HasSubstr("than may be copied"));
  ingest_->Release(2);
  EXPECT_THAT(Rows(), IsEmpty());
}

}  // namespace
}  // namespace weir::buffer
