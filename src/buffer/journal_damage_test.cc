// SPDX-License-Identifier: Apache-2.0
// A segment as the writer leaves it, with every bit flipped and cut at every length, is read back
// by the recovery of a start: what is not hit comes back, what is hit is set aside byte by byte.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>
#include <vector>

#include "base/log.h"
#include "buffer/journal_fake.h"
#include "buffer/memory_disk.h"

namespace weir::buffer {
namespace {

using testing::IsEmpty;

constexpr int64_t kSegmentBytes = 2048;
const std::string kRoot = "/journal", kQuarantine = kRoot + "/quarantine";

/// What a stretch of a segment is: its header, a frame, the end mark.
struct Stretch {
  size_t from = 0, to = 0;
  uint64_t sequence = 0;  // Of a frame.
};

struct Segment {
  std::string name, bytes;
  std::vector<Stretch> stretches;  // Without a gap, from the start.

  size_t end() const { return stretches.back().to; }
};

/// Zeros at the end are space that was taken, and nobody's loss.
std::string WithoutZeros(std::string bytes) {
  bytes.resize(bytes.find_last_not_of('\0') + 1);
  return bytes;
}

struct Recovered {
  std::vector<uint64_t> sequences;
  std::map<size_t, std::string> set_aside;  // By offset.
};

class JournalDamageTest : public testing::TestWithParam<bool> {
 protected:
  JournalDamageTest() {
    log::SetLevel(log::Level::kOff);
    segment_ = WriteSegment(GetParam());
    EXPECT_EQ(DecodeSegmentHeader(segment_.bytes)->is_written_over, GetParam());
    EXPECT_THAT(segment_.stretches, testing::SizeIs(GetParam() ? 6 : 5));
  }
  ~JournalDamageTest() override { log::SetLevel(log::Level::kInfo); }

  /// Frames of every kind; in a new file, or in one that is written over.
  static Segment WriteSegment(bool is_written_over) {
    std::mt19937_64 random(7);
    MemoryDisk disk(random);
    const auto writer = JournalWriter::Open({.directory = JournalDirectory(kRoot, 7),
                                             .writer = 7,
                                             .segment_bytes = kSegmentBytes,
                                             .spare_segments_max = 1,
                                             .disk = &disk})
                            .ValueOrDie();
    uint64_t sequence = 0;
    const auto append = [&](const signal::ExportRequest& request, bool is_refused = false) {
      JournalEntry entry = EntryOf(++sequence, request);
      if (is_refused) entry.refused = {.detail = "unreadable", .is_cut = true};
      EXPECT_TRUE(writer->Append({entry}).ok());
    };
    if (is_written_over) {
      // Two segments full of short requests; the first is written over, and not to its end.
      while (sequence < 10) append(RequestOf(std::string(320, 'x')));
      writer->Release(5);
    }
    append(RequestOf("a request"));
    append({.encoding = signal::Encoding::kJson,
            .compression = Compression::kGzip,
            .tables = {"other", "prefix_"},
            .received_unix_nano = 1,
            .source = "127.0.0.1:1",
            .body = "not looked into"});
    append(RequestOf("garbage"), true);
    append(RequestOf("the last"));
    return Describe(disk);
  }

  /// The newest segment, which must be sound.
  static Segment Describe(const MemoryDisk& disk) {
    std::vector<std::string> paths;
    for (const std::string& path : disk.Files()) {
      if (path.ends_with(".wal")) paths.push_back(path);
    }
    Segment segment{.name = paths.back().substr(paths.back().find_last_of('/') + 1),
                    .bytes = disk.ContentOf(paths.back()),
                    .stretches = {{.to = kSegmentHeaderBytes}}};
    std::vector<JournalDamage> damage;
    const auto on_frame = [&](const Frame& frame) {
      segment.stretches.push_back({segment.end(), segment.end() + frame.bytes, frame.sequence});
      return Status::OK();
    };
    EXPECT_TRUE(ReadSegment(segment.bytes, segment.name, on_frame, damage).ok());
    EXPECT_THAT(damage, IsEmpty());
    const std::string_view behind = std::string_view(segment.bytes).substr(segment.end());
    if (DecodeEndMark(behind))
      segment.stretches.push_back({segment.end(), segment.end() + kEndMarkBytes});
    return segment;
  }

  Recovered Recover(const std::string& bytes) const {
    std::mt19937_64 random(7);
    MemoryDisk disk(random);
    const std::string directory = JournalDirectory(kRoot, 7);
    EXPECT_TRUE(MakeDirectories(disk, directory).ok());
    int64_t end = 0;
    const auto file = disk.Create(directory + "/" + segment_.name).ValueOrDie();
    EXPECT_TRUE(WriteAll(*file, {Piece(bytes)}, end).ok());
    Recovered recovered;
    const auto on_frame = [&](const Frame& frame) {
      recovered.sequences.push_back(frame.sequence);
      return Status::OK();
    };
    EXPECT_EQ(ReadJournal({7, directory, &disk}, kQuarantine, on_frame).ValueOrDie(), 0);
    for (const std::string& path : disk.Files()) {
      if (path.starts_with(kQuarantine))
        recovered.set_aside[std::stoul(path.substr(path.find_last_of('.') + 1))] =
            disk.ContentOf(path);
    }
    return recovered;
  }

  std::vector<uint64_t> SequencesBut(const Stretch& lost) const {
    std::vector<uint64_t> kept;
    for (const Stretch& stretch : segment_.stretches) {
      if (stretch.sequence != 0 && stretch.from != lost.from) kept.push_back(stretch.sequence);
    }
    return kept;
  }

  Segment segment_;
};

TEST_P(JournalDamageTest, EveryFlippedBitCostsWhatItIsInAndThatIsSetAsideWhole) {
  for (size_t i = 0; i < segment_.stretches.size(); ++i) {
    const Stretch& hit = segment_.stretches[i];
    // With the last frame or the mark goes what stands behind it, up to a frame of an earlier use.
    const bool is_last =
        i + 1 == segment_.stretches.size() || segment_.stretches[i + 1].sequence == 0;
    for (size_t bit = hit.from * 8; bit < hit.to * 8; ++bit) {
      std::string bytes = segment_.bytes;
      bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));

      const Recovered recovered = Recover(bytes);

      ASSERT_EQ(recovered.sequences, SequencesBut(hit)) << "bit " << bit;
      ASSERT_EQ(recovered.set_aside.size(), 1u) << "bit " << bit;
      const auto& [from, copy] = *recovered.set_aside.begin();
      ASSERT_EQ(from, hit.from) << "bit " << bit;
      const std::string whole = bytes.substr(hit.from, hit.to - hit.from);
      ASSERT_EQ(copy, is_last ? bytes.substr(from, copy.size()) : whole) << "bit " << bit;
      ASSERT_GE(copy.size(), WithoutZeros(whole).size()) << "bit " << bit;
    }
  }
}

TEST_P(JournalDamageTest, EveryCutKeepsTheFramesBeforeItAndSetsAsideTheOneItIsIn) {
  for (size_t size = 1; size < segment_.bytes.size(); ++size) {
    const std::string bytes = segment_.bytes.substr(0, size);
    std::vector<uint64_t> kept;
    std::map<size_t, std::string> set_aside;
    for (const Stretch& stretch : segment_.stretches) {
      if (stretch.to <= size && stretch.sequence != 0) kept.push_back(stretch.sequence);
      if (stretch.from < size && size < stretch.to)
        set_aside[stretch.from] = WithoutZeros(bytes.substr(stretch.from));
    }

    const Recovered recovered = Recover(bytes);

    ASSERT_EQ(recovered.sequences, kept) << "cut to " << size;
    ASSERT_EQ(recovered.set_aside, set_aside) << "cut to " << size;
  }
}

TEST_P(JournalDamageTest, EveryFlippedBitBehindTheEndCostsNothing) {
  const Stretch nothing{.from = segment_.end()};
  for (size_t bit = segment_.end() * 8; bit < segment_.bytes.size() * 8; ++bit) {
    std::string bytes = segment_.bytes;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));

    const Recovered recovered = Recover(bytes);

    ASSERT_EQ(recovered.sequences, SequencesBut(nothing)) << "bit " << bit;
    // What an earlier use left is nobody's; where there were zeros, something was to be written.
    ASSERT_EQ(recovered.set_aside.empty(), GetParam()) << "bit " << bit;
  }
}

INSTANTIATE_TEST_SUITE_P(Files, JournalDamageTest, testing::Bool(),
                         [](const auto& file) { return file.param ? "WrittenOver" : "New"; });

}  // namespace
}  // namespace weir::buffer
