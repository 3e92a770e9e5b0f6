// SPDX-License-Identifier: Apache-2.0
#include "buffer/taken_reader.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "buffer/journal_fake.h"
#include "buffer/memory_disk.h"
#include "buffer/taken_file.h"

namespace weir::buffer {
namespace {

/// A journal of several segments, each with some requests.
class TakenReaderTest : public testing::Test {
 protected:
  TakenReaderTest() {
    writer_ = JournalWriter::Open({.directory = JournalDirectory(folder_.path(), 7),
                                   .writer = 7,
                                   .segment_bytes = 1024,
                                   .taken_directory = TakenDirectory(folder_.path()),
                                   .taken_for = std::chrono::seconds(60)})
                  .ValueOrDie();
  }
  void Append(int requests, int64_t received = 1'000) {
    for (int i = 0; i < requests; ++i) {
      signal::ExportRequest request = RequestOf("request " + std::to_string(++last_));
      request.received_unix_nano = received;
      const TakenRequest taken{.key = KeyOf(request),
                               .received_unix_nano = received,
                               .accepted = static_cast<uint32_t>(last_)};
      ASSERT_TRUE(writer_->Append({{last_, &request, taken}}).ok());
    }
  }
  /// The counts, which number the requests, of what the journal holds.
  std::vector<uint32_t> InJournal() {
    return Collect([&](const auto& on_taken) {
      EXPECT_TRUE(ReadTakenOf({7, JournalDirectory(folder_.path(), 7)}, on_taken).ok());
    });
  }
  std::vector<uint32_t> Noted(int64_t since = 0) {
    return Collect([&](const auto& on_taken) {
      ReadTaken(PosixDisk(), TakenDirectory(folder_.path()), since, on_taken);
    });
  }
  template <typename Read>
  static std::vector<uint32_t> Collect(Read read) {
    std::vector<uint32_t> found;
    read([&](const TakenRequest& taken) { found.push_back(taken.accepted); });
    std::ranges::sort(found);
    return found;
  }
  static std::vector<uint32_t> From(uint32_t first, uint32_t last) {
    std::vector<uint32_t> numbers;
    for (uint32_t number = first; number <= last; ++number) numbers.push_back(number);
    return numbers;
  }

  JournalFolder folder_;
  std::unique_ptr<JournalWriter> writer_;
  uint64_t last_ = 0;
};

TEST_F(TakenReaderTest, FindsEveryRequestInEverySegment) {
  Append(40);
  ASSERT_GT(folder_.Segments().size(), 3u);

  EXPECT_EQ(InJournal(), From(1, 40));
}

TEST_F(TakenReaderTest, FindsWhatIsBehindDamage) {
  Append(40);
  const std::string first = JournalDirectory(folder_.path(), 7) + "/" + folder_.Segments().front();
  std::fstream file(first, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(kSegmentHeaderBytes + 20));
  file.put('x');
  file.close();

  EXPECT_EQ(InJournal(), From(2, 40));
}

TEST_F(TakenReaderTest, KnowsNoRequestOfATornTail) {
  Append(3);
  const std::string last = JournalDirectory(folder_.path(), 7) + "/" + folder_.Segments().back();
  const signal::ExportRequest request = RequestOf("not all of it came to the disk");
  const std::string frame = FrameBytes(request, 4);
  std::fstream file(last, std::ios::in | std::ios::out | std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), {});
  file.clear();
  file.seekp(static_cast<std::streamoff>(bytes.find_last_not_of('\0') + 1));
  file << frame.substr(0, frame.size() - 5);
  file.close();

  EXPECT_EQ(InJournal(), From(1, 3));
}

TEST_F(TakenReaderTest, KnowsNoRequestBehindTheBeginningOfTheNextSegment) {
  const std::string directory = JournalDirectory(folder_.path(), 8);
  std::filesystem::create_directories(directory);
  std::ofstream(directory + "/0000000000000001.wal") << SegmentOf({"1", "2", "refused"});
  std::ofstream(directory + "/0000000000000003.wal") << SegmentOf({});

  const auto found = Collect(
      [&](const auto& on_taken) { EXPECT_TRUE(ReadTakenOf({8, directory}, on_taken).ok()); });

  EXPECT_EQ(found.size(), 2U);
}

TEST_F(TakenReaderTest, TellsAJournalThatNothingCameTo) {
  const LeftJournal journal{7, JournalDirectory(folder_.path(), 7)};
  EXPECT_FALSE(ReadTakenOf(journal, [](const auto&) {}).ValueOrDie());

  Append(1);

  EXPECT_TRUE(ReadTakenOf(journal, [](const auto&) {}).ValueOrDie());
}

TEST_F(TakenReaderTest, DeletesJournalsThatNothingCameTo) {
  const std::string empty = JournalDirectory(folder_.path(), 8);
  std::filesystem::create_directories(empty);
  std::ofstream(empty + "/0000000000000001.wal") << SegmentOf({}) << std::string(1 << 16, '\0');
  Append(1);
  std::vector<LeftJournal> left = {{7, JournalDirectory(folder_.path(), 7)}, {8, empty}};
  int found = 0;

  ASSERT_TRUE(ReadTakenOfAll(left, [&](const auto&) { ++found; }).ok());

  ASSERT_EQ(left.size(), 1u);
  EXPECT_EQ(left[0].writer, 7u);
  EXPECT_EQ(found, 1);
  EXPECT_FALSE(std::filesystem::exists(empty));
}

TEST_F(TakenReaderTest, DamageIsSomethingToReplay) {
  const std::string only = JournalDirectory(folder_.path(), 7) + "/" + folder_.Segments().front();
  std::fstream file(only, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(500);
  file.put('x');
  file.close();

  const auto read = ReadTakenOf({7, JournalDirectory(folder_.path(), 7)}, [](const auto&) {});

  EXPECT_TRUE(read.ValueOrDie());
}

TEST(TakenReaderAfterACrash, FindsOnlyWhatNoLossOfPowerTakes) {
  std::mt19937_64 random(7);
  MemoryDisk disk(random);
  ASSERT_TRUE(disk.MakeDirectory("/7").ok());
  const auto file = disk.Create("/7/0000000000000001.wal").ValueOrDie();
  const std::string segment = SegmentOf({"1", "2"});
  int64_t end = 0;
  ASSERT_TRUE(WriteAll(*file, {Piece(segment)}, end).ok());
  ASSERT_FALSE(disk.IsDurable("/7/0000000000000001.wal"));

  int found = 0;
  EXPECT_TRUE(ReadTakenOf({7, "/7", &disk}, [&](const TakenRequest&) { ++found; }).ok());

  EXPECT_EQ(found, 2);
  EXPECT_TRUE(disk.IsDurable("/7/0000000000000001.wal"));
}

/// Fails three reads, one after the other.
class FailedReads final : public DiskEvents {
 public:
  explicit FailedReads(int first) : left_(first) {}
  int Before(DiskCall call, const std::string&) override {
    if (call != DiskCall::kRead) return 0;
    --left_;
    return has_failed() && left_ >= -3 ? EIO : 0;
  }
  void After(DiskCall) override {}
  bool IsShort() override { return false; }
  bool has_failed() const { return left_ < 0; }

 private:
  int left_;
};

/// A disk with a journal of two segments, the first with requests 1 and 2, the last with none.
void PutJournal(MemoryDisk& disk) {
  EXPECT_TRUE(disk.MakeDirectory("/7").ok());
  for (const auto& [name, segment] :
       {std::pair("1", SegmentOf({"1", "2"})), {"3", SegmentOf({})}}) {
    const auto path = std::string("/7/000000000000000") + name + ".wal";
    const auto file = disk.Create(path).ValueOrDie();
    int64_t end = 0;
    ASSERT_TRUE(WriteAll(*file, {Piece(segment)}, end).ok());
    ASSERT_TRUE(file->Sync().ok());
  }
}

TEST(TakenReaderOnAFailingDisk, ReadsThatFailMakeNoJournalEmpty) {
  for (int read = 0, has_failed = true; has_failed; ++read) {
    std::mt19937_64 random(7);
    MemoryDisk disk(random);
    PutJournal(disk);
    FailedReads failure(read);
    disk.SetEvents(&failure);
    std::vector<LeftJournal> left = {{7, "/7", &disk}};
    int found = 0;

    const Status status = ReadTakenOfAll(left, [&](const auto&) { ++found; });

    EXPECT_TRUE(!status.ok() || found == 2) << "read " << read << ": " << found;
    EXPECT_EQ(disk.Files().size(), 2U) << "read " << read;
    has_failed = failure.has_failed();
    disk.SetEvents(nullptr);
  }
}

TEST_F(TakenReaderTest, ReleasedSegmentsLeaveANoteOfWhatTheyHeld) {
  Append(40);

  writer_->Release(40);

  const std::vector<uint32_t> noted = Noted(), left = InJournal();
  EXPECT_FALSE(noted.empty());
  std::vector<uint32_t> all = noted;
  all.insert(all.end(), left.begin(), left.end());
  EXPECT_EQ(all, From(1, 40));
}

TEST_F(TakenReaderTest, NotesAreDeletedWhenTheyAreTooOld) {
  constexpr int64_t kLater = 61'000'000'000 + 1'000;
  Append(20);
  writer_->Release(20);
  ASSERT_FALSE(Noted().empty());

  Append(20, kLater);
  writer_->Release(40);

  const std::vector<uint32_t> noted = Noted();
  ASSERT_FALSE(noted.empty());
  EXPECT_GT(noted.front(), 1u);
}

}  // namespace
}  // namespace weir::buffer
