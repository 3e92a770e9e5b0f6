// SPDX-License-Identifier: Apache-2.0
// Segments that are written over: what an earlier use of the file left is never taken for requests,
// and hides no damage.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <random>
#include <sstream>

#include "buffer/journal_fake.h"
#include "buffer/journal_writer.h"

namespace weir::buffer {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

constexpr int64_t kSegmentBytes = 4096;
const std::string kBig(1500, 'x');                       // Two to a segment.
constexpr size_t kFrame = kFrameHeaderBytes + 9 + 1500;  // With the schema `telemetry`.

class JournalSpareTest : public JournalFixture {
 protected:
  JournalSpareTest() { writer_ = OpenFor(7, 2); }
  std::unique_ptr<JournalWriter> OpenFor(uint32_t writer, size_t spares) {
    return JournalWriter::Open({.directory = JournalDirectory(folder_.path(), writer),
                                .writer = writer,
                                .segment_bytes = kSegmentBytes,
                                .spare_segments_max = spares,
                                .disk = &disk_})
        .ValueOrDie();
  }
  /// Leaves a segment for 5 and later that was the one of 1 and 2, and that of 3 and 4.
  void WriteOverTheFirst() {
    for (uint64_t sequence = 1; sequence <= 4; ++sequence) {
      ASSERT_TRUE(Append(sequence, kBig).ok());
    }
    first_use_ = Bytes("0000000000000001.wal");
    writer_->Release(2);
    ASSERT_TRUE(Append(5, kBig).ok());
  }
  std::string PathOf(const std::string& name) const {
    return JournalDirectory(folder_.path(), 7) + "/" + name;
  }
  std::string Bytes(const std::string& name) const {
    std::ifstream file(PathOf(name), std::ios::binary);
    std::ostringstream bytes;
    bytes << file.rdbuf();
    return bytes.str();
  }
  static std::vector<std::string> DamageOf(std::string_view segment,
                                           std::vector<uint64_t>& sequences) {
    std::vector<JournalDamage> damage;
    const auto keep = [&](const Frame& frame) {
      sequences.push_back(frame.sequence);
      return Status::OK();
    };
    EXPECT_TRUE(ReadSegment(segment, "s.wal", keep, damage).ok());
    std::vector<std::string> found;
    for (const JournalDamage& each : damage) {
      found.push_back(std::to_string(each.offset) + " " + each.reason);
    }
    return found;
  }

  std::string first_use_;  // Of the file that is written over.
};

TEST_F(JournalSpareTest, KeepsReleasedSegmentsUpToItsNumberAndDeletesTheOthers) {
  for (uint64_t sequence = 1; sequence <= 8; ++sequence) ASSERT_TRUE(Append(sequence, kBig).ok());

  writer_->Release(7);

  EXPECT_THAT(folder_.Segments(),
              ElementsAre("0000000000000001.wal.spare", "0000000000000003.wal.spare",
                          "0000000000000007.wal"));
  EXPECT_EQ(writer_->byte_size(), kSegmentBytes);
  EXPECT_THAT(folder_.Requests(), ElementsAre(Pair(7, kBig), Pair(8, kBig)));
}

TEST_F(JournalSpareTest, GivesASpareTheNextSegmentsName) {
  WriteOverTheFirst();

  EXPECT_THAT(folder_.Segments(), ElementsAre("0000000000000003.wal", "0000000000000005.wal"));
  EXPECT_EQ(Bytes("0000000000000005.wal").size(), static_cast<size_t>(kSegmentBytes));
  EXPECT_EQ(writer_->byte_size(), 2 * kSegmentBytes);
}

TEST_F(JournalSpareTest, NeverReadsWhatStoodThereBefore) {
  WriteOverTheFirst();

  std::vector<uint64_t> sequences;
  EXPECT_THAT(DamageOf(Bytes("0000000000000005.wal"), sequences), IsEmpty());
  EXPECT_THAT(sequences, ElementsAre(5));
}

TEST_F(JournalSpareTest, ReportsAWriteThatNeverReachedTheDisk) {
  WriteOverTheFirst();
  ASSERT_TRUE(Append(6, kBig).ok());
  const size_t place = kSegmentHeaderBytes + kFrame;
  std::string segment = Bytes("0000000000000005.wal");
  segment.replace(place, kFrame, first_use_, place, kFrame);  // Request 2 in the place of 6.

  std::vector<uint64_t> sequences;
  EXPECT_THAT(DamageOf(segment, sequences), ElementsAre(std::to_string(place) + " torn tail"));
  EXPECT_THAT(sequences, ElementsAre(5));
}

TEST_F(JournalSpareTest, ReportsFramesBehindAMarkThatTheyShouldHaveReplaced) {
  WriteOverTheFirst();
  const std::string before = Bytes("0000000000000005.wal");
  ASSERT_TRUE(Append(6, "six").ok());
  ASSERT_TRUE(Append(7, "seven").ok());
  const size_t place = kSegmentHeaderBytes + kFrame;
  std::string segment = Bytes("0000000000000005.wal");
  segment.replace(place, kEndMarkBytes, before, place, kEndMarkBytes);

  std::vector<uint64_t> sequences;
  EXPECT_THAT(DamageOf(segment, sequences), ElementsAre(std::to_string(place) + " damaged frame"));
  EXPECT_THAT(sequences, ElementsAre(5, 7));
}

TEST_F(JournalSpareTest, DetectsEveryFlippedBitUpToTheMark) {
  WriteOverTheFirst();
  const std::string sound = Bytes("0000000000000005.wal");

  for (size_t bit = 0; bit < (kSegmentHeaderBytes + kFrame + kEndMarkBytes) * 8; ++bit) {
    std::string segment = sound;
    segment[bit / 8] = static_cast<char>(segment[bit / 8] ^ (1 << bit % 8));
    std::vector<uint64_t> sequences;
    EXPECT_THAT(DamageOf(segment, sequences), SizeIs(1)) << "bit " << bit;
    const bool is_in_frame =
        bit / 8 >= kSegmentHeaderBytes && bit / 8 < kSegmentHeaderBytes + kFrame;
    EXPECT_THAT(sequences, SizeIs(is_in_frame ? 0 : 1)) << "bit " << bit;
  }
}

TEST_F(JournalSpareTest, CutsWhatCouldNotBeSyncedAndTrustsTheFileNoMore) {
  WriteOverTheFirst();
  failing_syncs_ = 2;

  ASSERT_FALSE(Append(6, "six").ok());
  ASSERT_TRUE(Append(7, "seven").ok());
  EXPECT_THAT(folder_.Requests(),
              ElementsAre(Pair(3, kBig), Pair(4, kBig), Pair(5, kBig), Pair(7, "seven")));
  writer_->Release(6);

  EXPECT_THAT(folder_.Segments(),
              ElementsAre("0000000000000003.wal.spare", "0000000000000007.wal"));
  EXPECT_FALSE(std::filesystem::exists(folder_.path() + "/quarantine"));
}

TEST_F(JournalSpareTest, UsesANewFileWhereTheSpareIsGone) {
  for (uint64_t sequence = 1; sequence <= 4; ++sequence) ASSERT_TRUE(Append(sequence, kBig).ok());
  writer_->Release(2);
  std::filesystem::remove(PathOf("0000000000000001.wal.spare"));

  ASSERT_TRUE(Append(5, "five").ok());

  EXPECT_THAT(folder_.Requests(), ElementsAre(Pair(3, kBig), Pair(4, kBig), Pair(5, "five")));
}

TEST_F(JournalSpareTest, ReadsAsOneThatTakesNewFilesOnRandomRequests) {
  std::mt19937 random(7);
  std::vector<std::pair<uint64_t, std::string>> expected;
  uint64_t sequence = 0, released = 0;
  for (int round = 0; round < 300; ++round) {
    std::vector<signal::ExportRequest> requests;
    for (size_t left = 1 + random() % 4; left > 0; --left) {
      // Few lengths, so that old and new frames often stand in the same places.
      requests.push_back(RequestOf(std::string(100 * (random() % 4), static_cast<char>(random()))));
    }
    std::vector<JournalEntry> entries;
    for (const auto& request : requests) {
      entries.push_back(EntryOf(++sequence, request));
      expected.emplace_back(sequence, request.body);
    }
    ASSERT_TRUE(writer_->Append(entries).ok());
    if (random() % 8 == 0) {
      released = std::max(released, sequence - random() % 10 % sequence);
      writer_->Release(released);
    }
    auto found = folder_.Requests();
    std::erase_if(found, [&](const auto& request) { return request.first <= released; });
    const auto first = expected.begin() + static_cast<int64_t>(released);
    ASSERT_TRUE(std::ranges::equal(found, std::ranges::subrange(first, expected.end())));
  }
  EXPECT_FALSE(std::filesystem::exists(folder_.path() + "/quarantine"));
}

}  // namespace
}  // namespace weir::buffer
