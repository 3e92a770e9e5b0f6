// SPDX-License-Identifier: Apache-2.0
#include "buffer/taken_reader.h"

#include <algorithm>
#include <vector>

#include "base/log.h"
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
    has_failed_ = has_failed_ || !read.ok();
    part_ = read.ok() ? *std::move(read) : std::string();
    return part_;
  }

  /// Whether a part could not be read, which looks like the file's end.
  bool has_failed() const { return has_failed_; }

 private:
  Disk& disk_;
  const std::string path_;
  std::string part_;
  bool has_failed_ = false;
};

std::optional<FrameHead> ReadHeadAt(SegmentFile& file, size_t offset) {
  const auto usual = ReadFrameHead(file.Read(offset, kUsualHeadBytes));
  return usual ? usual : ReadFrameHead(file.Read(offset, kFrameHeadBytesMax));
}

/// What was found in segments.
struct Found {
  std::vector<TakenRequest> taken;
  bool is_empty = true;  // Neither a frame nor damage.
};

/// Steps from head to head, up to the sequence `end`. False where something stands behind the last
/// sound one that does not end a segment, or a part could not be read: then only reading all of it
/// tells what is there.
bool WalkHeads(Disk& disk, const std::string& path, uint64_t end, Found& found) {
  SegmentFile file(disk, path);
  const auto header = DecodeSegmentHeader(file.Read(0, kSegmentHeaderBytes));
  if (!header) return false;
  size_t at = kSegmentHeaderBytes;
  uint64_t last_sequence = header->first_sequence - 1;
  while (const auto head = ReadHeadAt(file, at)) {
    if (head->sequence <= last_sequence) return false;
    if (head->sequence >= end) return true;
    last_sequence = head->sequence;
    found.is_empty = false;
    if (!head->is_refused) found.taken.push_back(head->taken);
    at += head->frame_bytes;
  }
  const std::string_view behind = file.Read(at, kEndMarkBytes);
  if (file.has_failed()) return false;
  const auto mark = DecodeEndMark(behind);
  if (mark) return *mark == EndMark{last_sequence, header->first_sequence};
  return !header->is_written_over && behind.find_first_not_of('\0') == std::string_view::npos;
}

Status ReadFrames(std::string_view bytes, const std::string& path, uint64_t end, Found& found) {
  std::vector<JournalDamage> damage;  // Told when the rows are replayed.
  const auto on_frame = [&](const Frame& frame) {
    found.is_empty = false;
    if (!frame.refused && frame.sequence < end) found.taken.push_back(frame.taken);
    return Status::OK();
  };
  TRY(ReadSegment(bytes, path, on_frame, damage));
  if (!damage.empty()) found.is_empty = false;
  return Status::OK();
}

/// A process that died before its sync leaves frames that the machine can still lose, and whoever
/// sends such a request again is told at once that it was taken. After a sync that failed another
/// one alone does not help: what was not written counts as clean then, so it is written once more.
Status WriteAgain(Disk& disk, const std::string& path, std::string_view bytes) {
  const std::string_view content = bytes.substr(0, ContentEnd(bytes));
  if (content.empty()) return Status::OK();
  const std::unique_ptr<File> file = TRY(disk.Open(path));
  int64_t offset = 0;
  TRY(WriteAll(*file, {Piece(content)}, offset));
  return file->Sync();
}

}  // namespace

Result<bool> ReadTakenOf(const LeftJournal& journal, const OnTaken& on_taken) {
  bool is_empty = true;
  const std::vector<std::string> segments = TRY(ListSegments(journal));
  for (size_t i = 0; i < segments.size(); ++i) {
    const bool is_last = i + 1 == segments.size();
    // What stands behind the next one's beginning is not replayed.
    const uint64_t end = is_last ? UINT64_MAX : FirstSequenceOf(segments[i + 1]);
    Found found;
    if (is_last || !WalkHeads(*journal.disk, segments[i], end, found)) {
      found = {};
      const std::string bytes = TRY(journal.disk->Read(segments[i]));
      if (is_last) TRY(WriteAgain(*journal.disk, segments[i], bytes));
      TRY(ReadFrames(bytes, segments[i], end, found));
    }
    std::ranges::for_each(found.taken, on_taken);
    is_empty = is_empty && found.is_empty;
  }
  return !is_empty;
}

Status ReadTakenOfAll(std::vector<LeftJournal>& journals, const OnTaken& on_taken) {
  std::vector<LeftJournal> with_content;
  for (const LeftJournal& journal : journals) {
    const bool has_content = TRY(ReadTakenOf(journal, on_taken));
    if (!has_content) {
      const Status removed = RemoveJournal(journal);
      if (removed.ok()) continue;
      log::Warn("empty journal not removed", {{"error", removed.message()}});
    }
    with_content.push_back(journal);
  }
  journals = std::move(with_content);
  return Status::OK();
}

}  // namespace weir::buffer
