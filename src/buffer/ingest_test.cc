// SPDX-License-Identifier: Apache-2.0
#include "buffer/ingest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cerrno>
#include <future>
#include <semaphore>

#include "buffer/journal_fake.h"
#include "buffer/memory_disk.h"
#include "buffer/row_columns_fake.h"

namespace weir::buffer {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using namespace std::chrono_literals;
using Outcome = Result<signal::ExportOutcome>;

constexpr auto kPatience = 10s;  // Only a failing test waits so long.

class IngestTest : public testing::Test {
 protected:
  /// Opens with the options that the test has set in `options_`.
  void Open() {
    options_.journal = {.directory = JournalDirectory(folder_.path(), 7),
                        .writer = 7,
                        .segment_bytes = 4096,
                        .disk = &disk_};
    options_.new_columns = NewRowColumnsFake;
    ingest_ = Ingest::Open(options_).ValueOrDie();
  }
  bool Sync() {
    ++syncs_;
    if (is_held_) {
      in_sync_.release();
      go_on_.acquire();
    }
    if (failing_syncs_ == 0) return true;
    --failing_syncs_;
    return false;
  }
  /// The next sync waits for ReleaseSync.
  void HoldSyncs() { is_held_ = true; }
  void ReleaseSync() {
    is_held_ = false;
    go_on_.release();
  }

  std::future<Outcome> Send(const std::string& body) {
    auto promise = std::make_shared<std::promise<Outcome>>();
    std::future<Outcome> answer = promise->get_future();
    ingest_->Accept(RequestOf(body),
                    [promise](Outcome outcome) { promise->set_value(std::move(outcome)); });
    return answer;
  }
  static Outcome Wait(std::future<Outcome> answer) {
    if (answer.wait_for(kPatience) != std::future_status::ready) {
      return Error(ErrorKind::kInternal, "no answer");
    }
    return answer.get();
  }
  Outcome SendAndWait(const std::string& body) { return Wait(Send(body)); }
  static bool IsReady(const std::future<Outcome>& answer) {
    return answer.wait_for(0s) == std::future_status::ready;
  }
  /// Spins until requests are taken again.
  bool IsAcceptingSoon() const {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (!ingest_->CanAccept().ok() && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::yield();
    }
    return ingest_->CanAccept().ok();
  }

  JournalFolder folder_;
  IngestOptions options_;
  std::atomic<int> syncs_ = 0, failing_syncs_ = 0;
  std::atomic<bool> is_held_ = false;
  std::binary_semaphore in_sync_{0}, go_on_{0};
  AskingDisk disk_{[this] { return Sync(); }};
  std::unique_ptr<Ingest> ingest_;
};

TEST_F(IngestTest, AnswersWithWhatBecameOfTheRecords) {
  Open();

  const Outcome outcome = SendAndWait("1 2 ! 3");

  ASSERT_TRUE(outcome.ok()) << outcome.status().ToString();
  EXPECT_EQ(outcome->accepted, 3);
  EXPECT_EQ(outcome->rejected, 1);
  EXPECT_EQ(outcome->reason, "not a number");
  EXPECT_THAT(folder_.Requests(), ElementsAre(Pair(1, "1 2 ! 3")));
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
  options_.queued_bytes_max = 3;
  Open();
  HoldSyncs();
  std::future<Outcome> taken = Send("1");
  in_sync_.acquire();
  std::future<Outcome> queued = Send("222");

  const Outcome refused = SendAndWait("3");

  EXPECT_EQ(KindOf(refused.status()), ErrorKind::kRetryLater);
  EXPECT_THAT(refused.status().message(), HasSubstr("limits.memory_mib"));
  ReleaseSync();
  EXPECT_TRUE(Wait(std::move(taken)).ok());
  EXPECT_TRUE(Wait(std::move(queued)).ok());
}

TEST_F(IngestTest, TakesARequestLargerThanTheQueueWhenNothingWaits) {
  options_.queued_bytes_max = 3;
  Open();

  EXPECT_TRUE(SendAndWait("12345678").ok());
}

TEST_F(IngestTest, RefusesWhenTheJournalIsFull) {
  options_.journal_bytes_max = 4095;
  Open();

  EXPECT_THAT(SendAndWait("1").status().message(), HasSubstr("limits.journal_mib"));
  EXPECT_EQ(KindOf(ingest_->CanAccept()), ErrorKind::kRetryLater);
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

TEST_F(IngestTest, TakesARequestAnewThatCouldNotBeSynced) {
  FakeClock clock(1);
  RecentRequests recent({.clock = clock});
  options_.recent = &recent;
  Open();
  failing_syncs_ = 2;

  EXPECT_FALSE(SendAndWait("1 2").ok());
  EXPECT_TRUE(SendAndWait("1 2").ok());

  EXPECT_EQ(ingest_->Seal()->num_rows(), 2);
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

  EXPECT_EQ(wanted.get_future().wait_for(kPatience), std::future_status::ready);
}

TEST_F(IngestTest, RefusesAndForgetsRowsThatCantBeSynced) {
  Open();
  ASSERT_TRUE(SendAndWait("1").ok());
  failing_syncs_ = 2;

  const Outcome refused = SendAndWait("2 3");

  EXPECT_EQ(KindOf(refused.status()), ErrorKind::kRetryLater);
  ASSERT_TRUE(SendAndWait("4").ok());
  const auto sealed = ingest_->Seal();
  EXPECT_EQ(static_cast<RowColumnsFake&>(*sealed->tables().begin()->second).rows(),
            (std::vector<int64_t>{1, 4}));
  EXPECT_THAT(folder_.Requests(), ElementsAre(Pair(1, "1"), Pair(3, "4")));
}

/// While it is broken, nothing can be written and nothing removed.
class BrokenDisk final : public DiskEvents {
 public:
  int Before(DiskCall call, const std::string&) override {
    return is_broken && (call == DiskCall::kWrite || call == DiskCall::kRemove) ? EIO : 0;
  }
  void After(DiskCall) override {}
  bool IsShort() override { return false; }

  bool is_broken = false;
};

TEST(IngestWithoutThread, TakesRequestsAgainWhereABegunSegmentCouldNotBeRemoved) {
  std::mt19937_64 random(7);
  MemoryDisk disk(random);
  BrokenDisk events;
  disk.SetEvents(&events);
  const auto ingest =
      Ingest::OpenWithoutThread({.journal = {.directory = "/7", .writer = 7, .disk = &disk},
                                 .new_columns = NewRowColumnsFake})
          .ValueOrDie();
  events.is_broken = true;
  ingest->Accept(RequestOf("1"), [](const Outcome& outcome) { EXPECT_FALSE(outcome.ok()); });
  ingest->Step();
  ingest->Step();  // The journal is probed: a segment is begun.
  ASSERT_FALSE(ingest->CanAccept().ok());

  events.is_broken = false;
  ingest->Step();

  EXPECT_TRUE(ingest->CanAccept().ok());
}

TEST_F(IngestTest, TakesRequestsAgainByItselfOnceTheDiskHasRoom) {
  options_.probe_pause = 1ms;
  Open();
  ASSERT_TRUE(SendAndWait(std::string(3000, '1')).ok());  // Words too long for a number: rejected.
  ASSERT_TRUE(SendAndWait("1 " + std::string(3000, '2')).ok());
  {
    const FullDisk full(2048);
    EXPECT_EQ(KindOf(SendAndWait("2 " + std::string(3000, '2')).status()), ErrorKind::kRetryLater);
    EXPECT_EQ(KindOf(ingest_->CanAccept()), ErrorKind::kRetryLater);
  }

  // Nobody sends anything meanwhile: a server that can't accept reads no body.
  EXPECT_TRUE(IsAcceptingSoon());
  EXPECT_TRUE(SendAndWait("3").ok());
  EXPECT_EQ(ingest_->Seal()->num_rows(), 2);
}

}  // namespace
}  // namespace weir::buffer
