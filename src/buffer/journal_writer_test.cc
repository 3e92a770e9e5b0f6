// SPDX-License-Identifier: Apache-2.0
#include "buffer/journal_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "buffer/journal_fake.h"

namespace weir::buffer {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

constexpr int64_t kSegmentBytes = 4096;

class JournalWriterTest : public JournalFixture {
 protected:
  void SetUp() override { Open(); }
  void Open() {
    const JournalOptions options{.directory = JournalDirectory(folder_.path(), 7),
                                 .writer = 7,
                                 .segment_bytes = kSegmentBytes,
                                 .disk = &disk_};
    writer_ = JournalWriter::Open(options).ValueOrDie();
  }
};

TEST_F(JournalWriterTest, WritesManyEntriesWithOneSync) {
  const signal::ExportRequest one = RequestOf("one"), two = RequestOf(""),
                              three = RequestOf("three");

  ASSERT_TRUE(writer_->Append({EntryOf(1, one), EntryOf(2, two), EntryOf(3, three)}).ok());

  EXPECT_EQ(syncs_, 1);
  EXPECT_THAT(folder_.Requests(), ElementsAre(Pair(1, "one"), Pair(2, ""), Pair(3, "three")));
}

TEST_F(JournalWriterTest, WritesMoreEntriesThanOneSystemCallTakes) {
  const signal::ExportRequest request = RequestOf("x");
  std::vector<JournalEntry> entries;
  for (uint64_t sequence = 1; sequence <= 2000; ++sequence)
    entries.push_back(EntryOf(sequence, request));

  ASSERT_TRUE(writer_->Append(entries).ok());

  EXPECT_EQ(folder_.Requests().size(), 2000u);
  EXPECT_EQ(folder_.Requests().back().first, 2000u);
}

TEST_F(JournalWriterTest, RollsToANewSegmentNamedAfterItsFirstSequence) {
  for (uint64_t sequence = 1; sequence <= 5; ++sequence) {
    ASSERT_TRUE(Append(sequence, std::string(1500, 'x')).ok());
  }

  EXPECT_THAT(folder_.Segments(),
              ElementsAre("0000000000000001.wal", "0000000000000003.wal", "0000000000000005.wal"));
  EXPECT_EQ(folder_.Requests().size(), 5u);
  EXPECT_EQ(writer_->byte_size(), 3 * kSegmentBytes);
}

TEST_F(JournalWriterTest, GivesAnEntryLargerThanASegmentASegmentOfItsOwn) {
  ASSERT_TRUE(Append(1, "small").ok());
  ASSERT_TRUE(Append(2, std::string(10'000, 'x')).ok());
  ASSERT_TRUE(Append(3, "small").ok());

  EXPECT_EQ(folder_.Segments().size(), 3u);
  EXPECT_EQ(folder_.Requests()[1].second.size(), 10'000u);
  EXPECT_EQ(folder_.Requests()[2].second, "small");
  EXPECT_GT(writer_->byte_size(), 2 * kSegmentBytes + 10'000);
}

TEST_F(JournalWriterTest, ReleaseDeletesOnlySegmentsWithNothingLater) {
  for (uint64_t sequence = 1; sequence <= 6; ++sequence) {
    ASSERT_TRUE(Append(sequence, std::string(1500, 'x')).ok());
  }

  writer_->Release(1);
  EXPECT_EQ(folder_.Segments().size(), 3u);
  writer_->Release(3);
  EXPECT_THAT(folder_.Segments(), ElementsAre("0000000000000003.wal", "0000000000000005.wal"));
  writer_->Release(4);
  EXPECT_THAT(folder_.Segments(), ElementsAre("0000000000000005.wal"));
  writer_->Release(6);
  EXPECT_THAT(folder_.Segments(), ElementsAre("0000000000000005.wal"));  // Being written to.
}

TEST_F(JournalWriterTest, RefusesADirectoryThatHasAJournal) {
  const auto again = JournalWriter::Open({.directory = JournalDirectory(folder_.path(), 7),
                                          .writer = 7,
                                          .segment_bytes = kSegmentBytes});

  EXPECT_EQ(KindOf(again.status()), ErrorKind::kRetryLater);
  EXPECT_THAT(again.status().message(), HasSubstr("0000000000000001.wal"));
}

TEST_F(JournalWriterTest, MovesEntriesToANewSegmentWhenASyncFails) {
  ASSERT_TRUE(Append(1, "one").ok());
  failing_syncs_ = 1;

  ASSERT_TRUE(Append(2, "two").ok());

  EXPECT_THAT(folder_.Segments(), ElementsAre("0000000000000001.wal", "0000000000000002.wal"));
  EXPECT_THAT(folder_.Requests(), ElementsAre(Pair(1, "one"), Pair(2, "two")));
}

TEST_F(JournalWriterTest, RefusesEntriesThatCantBeSyncedAndCutsThemOut) {
  ASSERT_TRUE(Append(1, "one").ok());
  failing_syncs_ = 2;

  const Status refused = Append(2, "two");

  EXPECT_EQ(KindOf(refused), ErrorKind::kRetryLater);
  EXPECT_THAT(refused.message(), HasSubstr("sync"));
  EXPECT_THAT(folder_.Requests(), ElementsAre(Pair(1, "one")));
  EXPECT_THAT(folder_.Segments(), ElementsAre("0000000000000001.wal"));
}

TEST_F(JournalWriterTest, WritesAgainAfterAFailure) {
  failing_syncs_ = 2;
  ASSERT_FALSE(Append(1, "one").ok());

  ASSERT_TRUE(Append(2, "two").ok());

  EXPECT_THAT(folder_.Requests(), ElementsAre(Pair(2, "two")));
}

TEST_F(JournalWriterTest, LeavesNoRemainsOfASegmentThatTheDiskHasNoRoomFor) {
  ASSERT_TRUE(Append(1, std::string(3000, 'x')).ok());
  const FullDisk full(kSegmentBytes / 2);

  for (uint64_t sequence = 2; sequence <= 4; ++sequence) {
    const Status refused = Append(sequence, std::string(1500, 'x'));
    EXPECT_EQ(KindOf(refused), ErrorKind::kRetryLater);
    EXPECT_THAT(refused.message(), HasSubstr("take space"));
  }

  EXPECT_THAT(folder_.Segments(), ElementsAre("0000000000000001.wal"));
  EXPECT_EQ(writer_->byte_size(), kSegmentBytes);
}

TEST_F(JournalWriterTest, ReopensOnceThereIsRoomAgain) {
  ASSERT_TRUE(Append(1, std::string(3000, 'x')).ok());
  {
    const FullDisk full(kSegmentBytes / 2);
    ASSERT_FALSE(Append(2, std::string(1500, 'x')).ok());
    EXPECT_EQ(KindOf(writer_->TryReopen(3)), ErrorKind::kRetryLater);
  }

  EXPECT_TRUE(writer_->TryReopen(3).ok());
  EXPECT_TRUE(writer_->TryReopen(3).ok());
  ASSERT_TRUE(Append(3, "three").ok());
  EXPECT_THAT(folder_.Segments(), ElementsAre("0000000000000001.wal", "0000000000000003.wal"));
  EXPECT_EQ(folder_.Requests().back().second, "three");
}

TEST_F(JournalWriterTest, CutsAHalfWrittenEntryOut) {
  ASSERT_TRUE(Append(1, std::string(10'000, 'x')).ok());  // Past the space that was taken.
  const FullDisk full(12'000);

  const Status refused = Append(2, std::string(20'000, 'y'));

  EXPECT_EQ(KindOf(refused), ErrorKind::kRetryLater);
  const auto requests = folder_.Requests();
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_FALSE(std::filesystem::exists(folder_.path() + "/quarantine"));
}

TEST_F(JournalWriterTest, SaysWhichDirectoryCantBeMade) {
  const auto journal = JournalWriter::Open({.directory = "/dev/null/journal", .writer = 7});

  EXPECT_EQ(KindOf(journal.status()), ErrorKind::kRetryLater);
  EXPECT_THAT(journal.status().message(), HasSubstr("/dev/null/journal"));
}

}  // namespace
}  // namespace weir::buffer
