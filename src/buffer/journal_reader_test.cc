// SPDX-License-Identifier: Apache-2.0
#include "buffer/journal_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "buffer/journal_fake.h"

namespace weir::buffer {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;
namespace fs = std::filesystem;

// Of SegmentOf: the header, then a frame's head, the schema `telemetry` and the body.
constexpr size_t kHead = kFrameHeaderBytes + 9;
constexpr size_t kFirst = 32, kSecond = kFirst + kHead + 3, kThird = kSecond + kHead + 5,
                 kEnd = kThird + kHead + 5;
const std::vector<std::string> kBodies = {"one", "two 2", "three"};

struct ReadResult {
  std::vector<std::string> bodies;
  std::vector<std::string> damage;  // `offset+bytes reason`
};

ReadResult Read(std::string_view segment) {
  ReadResult result;
  std::vector<JournalDamage> damage;
  const auto keep = [&](Frame frame) {
    result.bodies.push_back(frame.request.body);
    return Status::OK();
  };
  EXPECT_TRUE(ReadSegment(segment, "s.wal", keep, damage).ok());
  for (const JournalDamage& found : damage) {
    result.damage.push_back(std::to_string(found.offset) + "+" + std::to_string(found.bytes) + " " +
                            found.reason);
  }
  return result;
}

TEST(ReadSegment, FindsAllFramesAndNoDamageInASoundSegment) {
  const std::string segment = SegmentOf(kBodies);
  ASSERT_EQ(segment.size(), kEnd);

  for (const size_t zeros : {0, 1, 63, 64, 4096}) {
    const ReadResult read = Read(segment + std::string(zeros, '\0'));
    EXPECT_EQ(read.bodies, kBodies);
    EXPECT_THAT(read.damage, IsEmpty());
  }
}

TEST(ReadSegment, TakesAnEmptyOrZeroOrFramelessSegmentForANormalStart) {
  EXPECT_THAT(Read("").damage, IsEmpty());
  EXPECT_THAT(Read(std::string(100, '\0')).damage, IsEmpty());
  EXPECT_THAT(Read(SegmentOf({})).damage, IsEmpty());
  EXPECT_THAT(Read(SegmentOf({}) + std::string(100, '\0')).bodies, IsEmpty());
}

TEST(ReadSegment, ReportsATornTailWithItsPlaceAndLength) {
  const ReadResult read = Read(SegmentOf(kBodies).substr(0, kEnd - 2));

  EXPECT_THAT(read.bodies, ElementsAre("one", "two 2"));
  EXPECT_THAT(read.damage, ElementsAre("186+76 torn tail"));
}

TEST(ReadSegment, KeepsWhatStandsBeforeEveryTruncation) {
  const std::string segment = SegmentOf(kBodies);

  for (size_t size = 1; size < segment.size(); ++size) {
    SCOPED_TRACE(testing::Message() << "cut to " << size);
    const ReadResult read = Read(segment.substr(0, size));
    const size_t whole = size < kSecond ? 0 : size < kThird ? 1 : 2;
    EXPECT_THAT(read.bodies, SizeIs(whole));
    const bool is_between = size == kFirst || size == kSecond || size == kThird;
    EXPECT_THAT(read.damage, SizeIs(is_between ? 0 : 1));
  }
}

TEST(ReadSegment, ReportsAHoleAndGoesOnBehindIt) {
  std::string segment = SegmentOf(kBodies);
  segment.replace(kSecond, kThird - kSecond, kThird - kSecond, '\0');

  const ReadResult read = Read(segment);

  EXPECT_THAT(read.bodies, ElementsAre("one", "three"));
  EXPECT_THAT(read.damage, ElementsAre("108+78 damaged frame"));
}

TEST(ReadSegment, ReportsADamagedHeaderAndReadsTheFramesAllTheSame) {
  std::string segment = SegmentOf(kBodies);
  segment[12] = 'x';

  const ReadResult read = Read(segment);

  EXPECT_EQ(read.bodies, kBodies);
  EXPECT_THAT(read.damage, ElementsAre("0+32 no sound segment header"));
}

TEST(ReadSegment, ReportsGarbageWithoutAnyFrameAsOnePiece) {
  const ReadResult read = Read(std::string(500, 'g') + std::string(100, '\0'));

  EXPECT_THAT(read.bodies, IsEmpty());
  EXPECT_THAT(read.damage, ElementsAre("0+500 no sound segment header"));
}

TEST(ReadSegment, DetectsEveryFlippedBitAndLosesOnlyTheFrameItIsIn) {
  const std::string sound = SegmentOf(kBodies) + std::string(64, '\0');

  for (size_t bit = 0; bit < sound.size() * 8; ++bit) {
    SCOPED_TRACE(testing::Message() << "bit " << bit);
    std::string segment = sound;
    segment[bit / 8] = static_cast<char>(segment[bit / 8] ^ (1 << bit % 8));
    std::vector<std::string> kept = kBodies;
    const size_t at = bit / 8;
    if (at >= kFirst && at < kEnd)
      kept.erase(kept.begin() + (at < kSecond ? 0 : at < kThird ? 1 : 2));

    const ReadResult read = Read(segment);

    EXPECT_EQ(read.bodies, kept);
    EXPECT_THAT(read.damage, SizeIs(1));
  }
}

TEST(ReadSegment, StopsWhereItsReaderFails) {
  int frames = 0;
  std::vector<JournalDamage> damage;

  const Status read = ReadSegment(
      SegmentOf(kBodies), "s.wal",
      [&](const Frame&) {
        return ++frames == 2 ? Error(ErrorKind::kRetryLater, "full") : Status::OK();
      },
      damage);

  EXPECT_EQ(KindOf(read), ErrorKind::kRetryLater);
  EXPECT_EQ(frames, 2);
}

class JournalReaderTest : public testing::Test {
 protected:
  void WriteSegment(const std::string& name, const std::string& bytes) const {
    fs::create_directories(JournalDirectory(folder_.path(), 7));
    std::ofstream(JournalDirectory(folder_.path(), 7) + "/" + name, std::ios::binary) << bytes;
  }
  std::string Quarantined(const std::string& name) const {
    std::ifstream file(folder_.path() + "/quarantine/" + name, std::ios::binary);
    std::ostringstream bytes;
    bytes << file.rdbuf();
    return bytes.str();
  }

  JournalFolder folder_;
};

TEST_F(JournalReaderTest, ListsTheJournalsOfWritersByNumberAndNothingElse) {
  for (const char* name : {"00000010", "00000009", "quarantine", "12x"}) {
    fs::create_directories(folder_.path() + "/" + name);
  }
  std::ofstream(folder_.path() + "/00000011") << "a file";

  const auto journals = ListJournals(folder_.path()).ValueOrDie();

  ASSERT_THAT(journals, SizeIs(2));
  EXPECT_EQ(journals[0].writer, 9u);
  EXPECT_EQ(journals[1].writer, 10u);
  EXPECT_EQ(journals[1].directory, JournalDirectory(folder_.path(), 10));
  EXPECT_THAT(ListJournals(folder_.path() + "/none").ValueOrDie(), IsEmpty());
}

TEST_F(JournalReaderTest, ReadsSegmentsInOrderOfTheirSequences) {
  WriteSegment("000000000000000a.wal", SegmentOf({"later"}));
  WriteSegment("0000000000000001.wal", SegmentOf({"first", "second"}));
  WriteSegment("notes.txt", "not a segment");
  WriteSegment("0000000000000009.wal", "");

  EXPECT_THAT(folder_.Requests(),
              ElementsAre(Pair(1, "first"), Pair(2, "second"), Pair(1, "later")));
}

TEST_F(JournalReaderTest, TakesWhatStandsInTwoSegmentsFromTheLaterOne) {
  // A batch of 2 and 3 whose sync failed, and that could not be cut off; 2 never came to the disk.
  std::string first = SegmentOf({"one"});
  first += std::string(FrameBytes(RequestOf("two"), 2).size(), '#');
  first += FrameBytes(RequestOf("three"), 3);
  const auto header = EncodeSegmentHeader({.writer = 7, .first_sequence = 2});
  std::string second(header.data(), header.size());
  second += FrameBytes(RequestOf("two"), 2) + FrameBytes(RequestOf("three"), 3);
  WriteSegment("0000000000000001.wal", first);
  WriteSegment("0000000000000002.wal", second);

  EXPECT_THAT(folder_.Requests(), ElementsAre(Pair(1, "one"), Pair(2, "two"), Pair(3, "three")));
}

TEST_F(JournalReaderTest, CopiesDamageAsideAndReadsOn) {
  std::string damaged = SegmentOf(kBodies);
  damaged[kSecond + 45] = '#';
  WriteSegment("0000000000000001.wal", damaged);
  WriteSegment("0000000000000004.wal", SegmentOf({"four"}));

  EXPECT_THAT(folder_.Requests(), ElementsAre(Pair(1, "one"), Pair(3, "three"), Pair(1, "four")));
  EXPECT_EQ(Quarantined("00000007-0000000000000001.wal.108"),
            damaged.substr(kSecond, kThird - kSecond));
}

TEST_F(JournalReaderTest, CopiesAUselessFrameAsideSoThatItCanBeReadAgain) {
  const Frame frame{.sequence = 26, .request = RequestOf("body")};

  ASSERT_TRUE(SetAside({7, JournalDirectory(folder_.path(), 7)}, frame, "of no use",
                       folder_.path() + "/quarantine")
                  .ok());

  Frame again;
  EXPECT_EQ(ReadFrame(Quarantined("00000007-000000000000001a.frame.0"), &again).state,
            FrameState::kSound);
  EXPECT_EQ(again.request.body, "body");
}

TEST_F(JournalReaderTest, RemovesAJournalWholeAndOnlyThat) {
  WriteSegment("0000000000000001.wal", SegmentOf(kBodies));
  fs::create_directories(JournalDirectory(folder_.path(), 8));

  ASSERT_TRUE(RemoveJournal({7, JournalDirectory(folder_.path(), 7)}).ok());

  const auto left = ListJournals(folder_.path()).ValueOrDie();
  ASSERT_THAT(left, SizeIs(1));
  EXPECT_EQ(left[0].writer, 8u);
}

TEST_F(JournalReaderTest, SaysThatAJournalIsNotThere) {
  const Status read = ReadJournal({7, folder_.path() + "/none"}, folder_.path(), [](const Frame&) {
                        return Status::OK();
                      }).status();

  EXPECT_EQ(KindOf(read), ErrorKind::kNotFound);
  EXPECT_THAT(read.message(), HasSubstr("/none"));
}

}  // namespace
}  // namespace weir::buffer
