// SPDX-License-Identifier: Apache-2.0
#include "buffer/ingest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "buffer/test_ingest.h"

namespace weir::buffer {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;
using namespace std::chrono_literals;

/// A body of at least so many bytes.
std::string WordsOf(size_t bytes_min) {
  std::string words;
  while (words.size() < bytes_min) words += "1 ";
  return words;
}

TEST_F(IngestTest, AnswersWithWhatBecameOfTheRecords) {
  Open();

  const Outcome outcome = SendAndWait("1 2 ! 3");

  ASSERT_TRUE(outcome.ok()) << outcome.status().ToString();
  EXPECT_EQ(outcome->accepted, 3);
  EXPECT_EQ(outcome->rejected, 1);
  EXPECT_EQ(outcome->reason, "not a number");
  EXPECT_THAT(folder_.Requests(), ElementsAre(Pair(1, "1 2 ! 3")));
}

TEST_F(IngestTest, JournalsWhatItRefusesWhereLettersAreKept) {
  options_.new_columns = kFakeColumnsAndLetters;
  options_.dead_letter_bytes_max = 4;
  Open();

  EXPECT_EQ(SendAndWait("!1 !2")->rejected, 2);
  EXPECT_EQ(KindOf(SendAndWait("?3 and more").status()), ErrorKind::kBadRequest);

  // Of what can't be read, only a beginning.
  EXPECT_THAT(folder_.Requests(), ElementsAre(Pair(1, "!1 !2"), Pair(2, "?3 a")));
  const auto tables = ingest_->Seal()->TakeTables();
  ASSERT_EQ(tables.size(), 2u);
  EXPECT_THAT(dynamic_cast<NumberList&>(*tables[1].rows).rows(), ElementsAre(1, 2, 3));
}

TEST_F(IngestTest, AnswersOnlyAfterTheSync) {
  Open();
  HoldSyncs();
  std::future<Outcome> answer = Send("1");

  in_sync_.acquire();
  EXPECT_FALSE(IsReady(answer));
  ReleaseSync();

  EXPECT_TRUE(Wait(std::move(answer)).ok());
}

TEST_F(IngestTest, TakesAllThatWaitsWithOneSync) {
  Open();
  HoldSyncs();
  std::future<Outcome> first = Send("1");
  in_sync_.acquire();
  std::future<Outcome> second = Send("2"), third = Send("3");
  ReleaseSync();

  EXPECT_TRUE(Wait(std::move(first)).ok());
  EXPECT_TRUE(Wait(std::move(second)).ok());
  EXPECT_TRUE(Wait(std::move(third)).ok());
  EXPECT_EQ(syncs_, 2);
}

TEST_F(IngestTest, RefusesARequestThatCantBeReadAndKeepsItsNeighbours) {
  Open();

  EXPECT_TRUE(SendAndWait("1").ok());
  EXPECT_EQ(KindOf(SendAndWait("?").status()), ErrorKind::kBadRequest);
  EXPECT_TRUE(SendAndWait("2").ok());

  EXPECT_THAT(folder_.Requests(), ElementsAre(Pair(1, "1"), Pair(2, "2")));
  EXPECT_EQ(ingest_->Seal()->num_rows(), 2);
}

TEST_F(IngestTest, AnswersARequestWithoutARowWithoutTheJournal) {
  Open();

  const Outcome outcome = SendAndWait("! !");

  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(outcome->rejected, 2);
  EXPECT_EQ(syncs_, 0);
  EXPECT_THAT(folder_.Requests(), IsEmpty());
}

TEST_F(IngestTest, RefusesWhenTheQueueIsFull) {
  options_.queued_bytes_max = 80'000;
  Open();
  HoldSyncs();
  std::future<Outcome> taken = Send("1");
  in_sync_.acquire();
  ASSERT_TRUE(ingest_->CanAccept().ok());
  std::future<Outcome> queued = Send(std::string(40'000, '2'));

  const Status no_more = ingest_->CanAccept();
  std::future<Outcome> read_already = Send(std::string(70'000, '3'));
  const Outcome refused = SendAndWait(std::string(70'000, '4'));
  std::future<Outcome> small = Send("5");

  EXPECT_EQ(KindOf(no_more), ErrorKind::kRetryLater);
  EXPECT_EQ(KindOf(refused.status()), ErrorKind::kRetryLater);
  EXPECT_THAT(refused.status().message(), HasSubstr("limits.memory_mib"));
  ReleaseSync();
  EXPECT_TRUE(Wait(std::move(taken)).ok());
  EXPECT_TRUE(Wait(std::move(queued)).ok());
  EXPECT_TRUE(Wait(std::move(read_already)).ok());
  EXPECT_TRUE(Wait(std::move(small)).ok());
}

TEST_F(IngestTest, RefusesWhenTheQueueTakesLong) {
  options_.queued_bytes_max = 32;
  Open();
  HoldSyncs();
  std::future<Outcome> taken = Send("1");
  in_sync_.acquire();
  signal::ExportRequest late = RequestOf("3");
  late.received_unix_nano = RequestOf("2").received_unix_nano + 1'000'000'000;
  std::future<Outcome> queued = Send("2");
  ASSERT_TRUE(ingest_->CanAccept().ok());

  ingest_->Accept(std::move(late), [](const Outcome&) {});

  EXPECT_EQ(KindOf(ingest_->CanAccept()), ErrorKind::kRetryLater);
  ReleaseSync();
  EXPECT_TRUE(Wait(std::move(queued)).ok());
  EXPECT_TRUE(IsAcceptingSoon());
}

TEST_F(IngestTest, TakesARequestLargerThanTheQueueWhenNothingWaits) {
  options_.queued_bytes_max = 3;
  Open();

  EXPECT_TRUE(SendAndWait("12345678").ok());
}

TEST_F(IngestTest, RefusesWhenTheJournalIsFull) {
  options_.journal_bytes_max = 4000;
  Open();
  ASSERT_TRUE(SendAndWait(WordsOf(4001)).ok());

  EXPECT_THAT(SendAndWait("2").status().message(), HasSubstr("limits.journal_mib"));
  EXPECT_EQ(KindOf(ingest_->CanAccept()), ErrorKind::kRetryLater);
}

// The request's segment is the open one, which no Release takes away.
TEST_F(IngestTest, TakesRequestsAgainOnceOneLargerThanTheJournalIsInTheTables) {
  options_.journal_bytes_max = 4000;
  Open();
  ASSERT_TRUE(SendAndWait(WordsOf(4001)).ok());

  ingest_->Release(ingest_->Seal()->last_sequence());

  EXPECT_TRUE(ingest_->CanAccept().ok());
  EXPECT_TRUE(SendAndWait("2").ok());
  EXPECT_EQ(folder_.Segments().size(), 2U);
}

TEST_F(IngestTest, LeavesNothingOfRequestsInTablesOnceItRolled) {
  options_.journal_bytes_max = 10 * 4096 * 8;  // With room for spares.
  Open();
  for (int i = 0; i < 8; ++i) ASSERT_TRUE(SendAndWait("424242 " + WordsOf(1200)).ok());
  ingest_->Release(ingest_->Seal()->last_sequence());
  EXPECT_THAT(BytesOnDisk(), HasSubstr("424242"));

  ingest_->Roll();
  WaitUntilRolled();

  EXPECT_THAT(BytesOnDisk(), Not(HasSubstr("424242")));
  EXPECT_TRUE(SendAndWait("7").ok());
  EXPECT_EQ(folder_.Requests().back().second, "7");
}

TEST_F(IngestTest, KeepsWhatIsInNoTableWhenItRolls) {
  Open();
  ASSERT_TRUE(SendAndWait("424242").ok());
  const auto sealed = ingest_->Seal();

  ingest_->Roll();
  ASSERT_TRUE(SendAndWait("7").ok());
  EXPECT_FALSE(ingest_->has_rolled());
  EXPECT_THAT(folder_.Requests(), ElementsAre(Pair(1, "424242"), Pair(3, "7")));
  ingest_->Release(sealed->last_sequence());

  EXPECT_TRUE(ingest_->has_rolled());
  EXPECT_THAT(folder_.Requests(), ElementsAre(Pair(3, "7")));
}

TEST_F(IngestTest, TakesMoreThanOneRequestWhereTheLimitIsSmallerThanASegment) {
  options_.journal_bytes_max = 4095;
  Open();

  for (int i = 0; i < 10; ++i) EXPECT_TRUE(SendAndWait(std::to_string(i)).ok());
}

TEST_F(IngestTest, SealHandsOverEveryRowOnce) {
  Open();
  ASSERT_TRUE(SendAndWait("1 2").ok());
  ASSERT_TRUE(SendAndWait("3").ok());

  const auto first = ingest_->Seal();
  ASSERT_TRUE(SendAndWait("4").ok());
  const auto second = ingest_->Seal();

  EXPECT_EQ(first->num_rows(), 3);
  EXPECT_EQ(first->last_sequence(), 2u);
  EXPECT_EQ(second->num_rows(), 1);
  EXPECT_EQ(second->last_sequence(), 3u);
  EXPECT_EQ(ingest_->Seal()->num_rows(), 0);
}

TEST_F(IngestTest, SealWaitsForTheSyncOfTheRowsItHandsOver) {
  Open();
  HoldSyncs();
  std::future<Outcome> answer = Send("1");
  in_sync_.acquire();

  auto sealed = std::async(std::launch::async, [&] { return ingest_->Seal(); });
  EXPECT_EQ(sealed.wait_for(0s), std::future_status::timeout);
  ReleaseSync();

  EXPECT_EQ(sealed.get()->num_rows(), 1);
  EXPECT_TRUE(Wait(std::move(answer)).ok());
}

TEST_F(IngestTest, StopFinishesWhatIsQueuedAndTakesNothingMore) {
  Open();
  HoldSyncs();
  std::future<Outcome> first = Send("1");
  in_sync_.acquire();
  std::future<Outcome> second = Send("2");

  auto stopped = std::async(std::launch::async, [&] { ingest_->Stop(); });
  ReleaseSync();
  stopped.get();

  EXPECT_TRUE(Wait(std::move(first)).ok());
  EXPECT_TRUE(Wait(std::move(second)).ok());
  EXPECT_THAT(SendAndWait("3").status().message(), HasSubstr("stopping"));
  EXPECT_EQ(ingest_->Seal()->num_rows(), 2);
}

TEST_F(IngestTest, WaitsForACommitWhenTooMuchIsBufferedAndGoesOnAfterRelease) {
  options_.buffered_bytes_max = 2 * kFakeRowBytes;
  Open();
  ASSERT_TRUE(SendAndWait("1 2 3").ok());
  std::future<Outcome> waiting = Send("4");

  const auto sealed = ingest_->Seal();
  EXPECT_FALSE(IsReady(waiting));
  EXPECT_EQ(ingest_->buffered_bytes(), kFakeEmptyBytes + 3 * kFakeRowBytes + 1);
  ingest_->Release(sealed->last_sequence());

  EXPECT_TRUE(Wait(std::move(waiting)).ok());
}

TEST_F(IngestTest, GoesOnAsSoonAsSealedRowsHaveLeftMemory) {
  options_.buffered_bytes_max = 2 * kFakeRowBytes;
  Open();
  ASSERT_TRUE(SendAndWait("1 2 3").ok());
  std::future<Outcome> waiting = Send("4");

  const auto sealed = ingest_->Seal();
  ingest_->FreeSealed();

  EXPECT_TRUE(Wait(std::move(waiting)).ok());
  EXPECT_EQ(ingest_->oldest_unix_nano(), 1'000);  // Not in a table yet.
}

TEST_F(IngestTest, TakesARequestThatIsSentAgainOnce) {
  FakeClock clock(1);
  RecentRequests recent({.clock = clock});
  options_.recent = &recent;
  Open();

  const Outcome first = SendAndWait("1 2");
  const Outcome again = SendAndWait("1 2");
  const Outcome other = SendAndWait("1 2 3");

  ASSERT_TRUE(first.ok() && again.ok() && other.ok());
  EXPECT_EQ(again->accepted, first->accepted);
  EXPECT_EQ(ingest_->Seal()->num_rows(), 5);
}

TEST_F(IngestTest, StopDrainsAlsoWhatWaitsForACommit) {
  options_.buffered_bytes_max = kFakeRowBytes;
  Open();
  ASSERT_TRUE(SendAndWait("1 2").ok());
  std::future<Outcome> waiting = Send("3");

  ingest_->Stop();

  EXPECT_TRUE(Wait(std::move(waiting)).ok());
  EXPECT_EQ(ingest_->Seal()->num_rows(), 3);
}

TEST_F(IngestTest, EmptySealsCostNoBuffer) {
  Open();
  ASSERT_TRUE(SendAndWait("!").ok());

  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(ingest_->Seal()->num_rows(), 0);
    ASSERT_TRUE(SendAndWait("!").ok());
  }

  EXPECT_EQ(ingest_->buffered_bytes(), kFakeEmptyBytes);
}

TEST_F(IngestTest, KnowsTheAgeOfTheOldestRowThatIsInNoTable) {
  Open();
  ASSERT_TRUE(SendAndWait("!").ok());
  EXPECT_EQ(ingest_->oldest_unix_nano(), 0);

  ASSERT_TRUE(SendAndWait("1").ok());
  EXPECT_EQ(ingest_->oldest_unix_nano(), 1'000);
  const auto sealed = ingest_->Seal();
  EXPECT_EQ(ingest_->oldest_unix_nano(), 1'000);
  ingest_->Release(sealed->last_sequence());
  EXPECT_EQ(ingest_->oldest_unix_nano(), 0);
}

TEST_F(IngestTest, AsksForACommitWhenEnoughRowsAreThere) {
  std::promise<void> wanted;
  options_.flush_bytes = 2 * kFakeRowBytes;
  options_.on_flush_wanted = [&] { wanted.set_value(); };
  Open();

  ASSERT_TRUE(SendAndWait("1").ok());
  ASSERT_TRUE(SendAndWait("2").ok());

  EXPECT_EQ(wanted.get_future().wait_for(kIngestPatience), std::future_status::ready);
}

}  // namespace
}  // namespace weir::buffer
