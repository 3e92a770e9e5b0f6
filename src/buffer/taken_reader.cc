// SPDX-License-Identifier: Apache-2.0
#include "buffer/taken_reader.h"

#include <algorithm>
#include <vector>

#include "buffer/journal_frame.h"

namespace weir::buffer {
namespace {

using OnTaken = std::function<void(const TakenRequest&)>;

/// A head that is not longer than usual comes with one read.
constexpr size_t kUsualHeadBytes = 256;

/// A segment, read in parts.
class SegmentFile {
 public:
  SegmentFile(Disk& disk, const std::string& path) : disk_(disk), path_(path) {}

  /// At most `bytes` from `offset`, fewer at the file's end; empty where it can't be read.
  std::string_view Read(size_t offset, size_t bytes) {
    auto read = disk_.ReadRange(path_, static_cast<int64_t>(offset), bytes);
    part_ = read.ok() ? *std::move(read) : std::string();
    return part_;
  }

 private:
  Disk& disk_;
  const std::string path_;
  std::string part_;
};

std::optional<FrameHead> ReadHeadAt(SegmentFile& file, size_t offset) {
  const auto usual = ReadFrameHead(file.Read(offset, kUsualHeadBytes));
  return usual ? usual : ReadFrameHead(file.Read(offset, kFrameHeadBytesMax));
}

/// Steps from head to head. False where something stands behind the last sound one that does not
/// end a segment: then only reading all of it tells what is there.
bool WalkHeads(Disk& disk, const std::string& path, std::vector<TakenRequest>& taken) {
  SegmentFile file(disk, path);
  const auto header = DecodeSegmentHeader(file.Read(0, kSegmentHeaderBytes));
  if (!header) return false;
  size_t at = kSegmentHeaderBytes;
  uint64_t last_sequence = header->first_sequence - 1;
  while (const auto head = ReadHeadAt(file, at)) {
    if (head->sequence <= last_sequence) return false;
    last_sequence = head->sequence;
    if (!head->is_refused) taken.push_back(head->taken);
    at += head->frame_bytes;
  }
  const std::string_view behind = file.Read(at, kEndMarkBytes);
  const auto mark = DecodeEndMark(behind);
  if (mark) return *mark == EndMark{last_sequence, header->first_sequence};
  return !header->is_written_over && behind.find_first_not_of('\0') == std::string_view::npos;
}

Status ReadWhole(Disk& disk, const std::string& path, std::vector<TakenRequest>& taken) {
  const std::string bytes = TRY(disk.Read(path));
  std::vector<JournalDamage> damage;  // Told when the rows are replayed.
  return ReadSegment(
      bytes, path,
      [&](const Frame& frame) {
        if (!frame.refused) taken.push_back(frame.taken);
        return Status::OK();
      },
      damage);
}

}  // namespace

Status ReadTakenOf(const LeftJournal& journal, const OnTaken& on_taken) {
  const std::vector<std::string> segments = TRY(ListSegments(journal));
  for (const std::string& path : segments) {
    std::vector<TakenRequest> taken;
    if (path == segments.back() || !WalkHeads(*journal.disk, path, taken)) {
      taken.clear();
      TRY(ReadWhole(*journal.disk, path, taken));
    }
    std::ranges::for_each(taken, on_taken);
  }
  return Status::OK();
}

}  // namespace weir::buffer
