// SPDX-License-Identifier: Apache-2.0
// What ingest does while its journal can't be written.

#include "buffer/ingest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <random>
#include <set>

#include "buffer/test_ingest.h"

namespace weir::buffer {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using namespace std::chrono_literals;

TEST_F(IngestTest, ForgetsTheLettersOfASyncThatFailed) {
  options_.new_columns = kFakeColumnsAndLetters;
  Open();
  ASSERT_TRUE(SendAndWait("1").ok());
  failing_syncs_ = 2;

  // No sync makes it readable, so sending it again would not help.
  EXPECT_EQ(KindOf(SendAndWait("?2").status()), ErrorKind::kBadRequest);

  EXPECT_EQ(ingest_->Seal()->num_rows(), 1);
  EXPECT_THAT(folder_.Requests(), ElementsAre(Pair(1, "1")));
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

TEST_F(IngestTest, RefusesAndForgetsRowsThatCantBeSynced) {
  Open();
  ASSERT_TRUE(SendAndWait("1").ok());
  failing_syncs_ = 2;

  const Outcome refused = SendAndWait("2 3");

  EXPECT_EQ(KindOf(refused.status()), ErrorKind::kRetryLater);
  ASSERT_TRUE(SendAndWait("4").ok());
  const auto sealed = ingest_->Seal();
  const auto tables = sealed->TakeTables();
  EXPECT_EQ(dynamic_cast<NumberList&>(*tables.front().rows).rows(), (std::vector<int64_t>{1, 4}));
  EXPECT_THAT(folder_.Requests(), ElementsAre(Pair(1, "1"), Pair(3, "4")));
}

// The frame of a forgotten request may stay on disk: committed, its number would keep a replay from
// it, and whoever sends the request again is told that it was taken.
TEST_F(IngestTest, DoesNotCommitTheNumberOfARequestThatItForgot) {
  Open();
  ASSERT_TRUE(SendAndWait("1").ok());
  failing_syncs_ = 2;
  ASSERT_FALSE(SendAndWait("2").ok());

  EXPECT_EQ(ingest_->Seal()->last_sequence(), 1U);
}

/// Calls of some kinds fail.
class BrokenDisk final : public DiskEvents {
 public:
  int Before(DiskCall call, const std::string&) override { return broken.contains(call) ? EIO : 0; }
  void After(DiskCall) override {}
  bool IsShort() override { return false; }

  std::set<DiskCall> broken;
};

/// Steps of an ingest whose disk breaks as told.
class IngestWithoutThread : public testing::Test {
 protected:
  IngestWithoutThread() {
    disk_.SetEvents(&events_);
    ingest_ =
        Ingest::OpenWithoutThread({.journal = {.directory = "/7", .writer = 7, .disk = &disk_},
                                   .new_columns = kFakeColumns})
            .ValueOrDie();
  }
  bool IsTaken(const std::string& body) {
    bool is_ok = false;
    ingest_->Accept(RequestOf(body), [&](const Outcome& outcome) { is_ok = outcome.ok(); });
    ingest_->Step();
    return is_ok;
  }

  std::mt19937_64 random_{7};
  MemoryDisk disk_{random_};
  BrokenDisk events_;
  std::unique_ptr<Ingest> ingest_;
};

TEST_F(IngestWithoutThread, TakesNothingWhileWhatItRefusedCantBeCutOff) {
  ASSERT_TRUE(IsTaken("1"));
  events_.broken = {DiskCall::kSyncData, DiskCall::kCreate, DiskCall::kTruncate};
  ASSERT_FALSE(IsTaken("2"));

  events_.broken = {DiskCall::kTruncate};
  EXPECT_FALSE(IsTaken("3"));
  events_.broken.clear();
  EXPECT_TRUE(IsTaken("4"));

  std::vector<std::string> found;
  const auto keep = [&](const Frame& frame) {
    found.push_back(frame.request.body);
    return Status::OK();
  };
  EXPECT_TRUE(ReadJournal({7, "/7", &disk_}, "/quarantine", keep).ok());
  EXPECT_THAT(found, ElementsAre("1", "4"));
}

TEST_F(IngestWithoutThread, TakesRequestsAgainWhereABegunSegmentCouldNotBeRemoved) {
  events_.broken = {DiskCall::kWrite, DiskCall::kRemove};
  EXPECT_FALSE(IsTaken("1"));
  ingest_->Step();  // The journal is probed: a segment is begun.
  ASSERT_FALSE(ingest_->CanAccept().ok());

  events_.broken.clear();
  ingest_->Step();

  EXPECT_TRUE(ingest_->CanAccept().ok());
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
