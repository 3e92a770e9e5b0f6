// SPDX-License-Identifier: Apache-2.0
#pragma once
// The appending side of one journal: segments that are synced before anyone is told of it.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/guarded.h"
#include "base/result.h"
#include "buffer/disk.h"
#include "buffer/request_key.h"
#include "signal/export_request.h"

namespace weir::buffer {

struct JournalOptions {
  std::string directory;  // One a writer; made when missing.
  uint32_t writer = 0;
  // Small enough to be freed soon after a commit, large enough that a sync seldom meets a new file.
  int64_t segment_bytes = 64 << 20;
  // Released segments that stay on disk to be written over. Their blocks are there and their pages
  // in memory, so an append costs less and its sync writes no metadata.
  size_t spare_segments_max = 0;
  // Where what released segments held is noted, and for how long: a sender that heard no answer may
  // send it again. Empty: nowhere.
  std::string taken_directory;
  std::chrono::nanoseconds taken_for{0};
  Disk* disk = &PosixDisk();  // Borrowed.
};

/// A request with the number it has in the journal, and what became of it, under its KeyOf.
struct JournalEntry {
  uint64_t sequence = 0;
  const signal::ExportRequest* request = nullptr;
  TakenRequest taken;
  std::optional<RefusedRequest> refused;  // Nothing for requests that were taken.
};

/// Append, TryReopen and Roll are one thread, Release one, the rest any thread.
class JournalWriter {
 public:
  /// Errors: kRetryLater when the first segment can't be made.
  static Result<std::unique_ptr<JournalWriter>> Open(const JournalOptions& options);
  JournalWriter(const JournalWriter&) = delete;
  JournalWriter& operator=(const JournalWriter&) = delete;

  /// Writes `entries` (ascending sequences) and syncs: OK means on disk. A failed write or sync
  /// ends the segment, which is cut back to what was synced before; the entries are then written
  /// once more, to a new segment. Errors: kRetryLater when that fails too; none of `entries` will
  /// come back after a restart then, as far as the disk lets us make sure of it.
  Status Append(const std::vector<JournalEntry>& entries);

  /// After a failure: opens the segment that the next append, of `next_sequence`, will need.
  /// Errors: kRetryLater while that is not possible.
  Status TryReopen(uint64_t next_sequence);

  /// Begins a new segment, the next append's, in a new file; spares are deleted, and segments so
  /// far are when they are released, so that what was appended before is off the disk then. Errors:
  /// kRetryLater when the segment can't be made.
  Status Roll(uint64_t next_sequence);
  /// Whether a segment from before `sequence` is on disk; spares are none.
  bool HoldsBefore(uint64_t sequence) const;

  /// Requests up to `sequence` are in the tables: segments with nothing later are deleted or become
  /// spares.
  void Release(uint64_t sequence);
  uint64_t released() const { return released_; }
  /// The frames after `sequence` that are synced and not released, in order, as they stand on disk;
  /// perhaps with some before it. Any thread, but not during a Release. Errors: kRetryLater where
  /// they are more than `bytes_max`, or can't be read.
  Result<std::vector<std::string>> ReadAfter(uint64_t sequence, int64_t bytes_max) const;
  /// Bytes of all segments, spares left out.
  int64_t byte_size() const;
  /// Of these, the bytes that wait for a Release: the segment that is open stays on disk when all
  /// in it is in the tables, as room for the next requests.
  int64_t unreleased_bytes() const;

 private:
  /// Frames of one Append, synced.
  struct Stretch {
    uint64_t last_sequence = 0;
    int64_t begin = 0, end = 0;
  };
  struct Segment {
    std::string path;
    uint64_t first_sequence = 0;
    int64_t bytes = 0;
    uint64_t last_sequence = 0;  // 0 where it holds no request.
    std::vector<TakenRequest> taken;
    std::vector<Stretch> stretches;  // One behind the other.
  };
  /// A file of taken requests, and when the last of them was received.
  struct TakenFile {
    std::string path;
    int64_t newest_unix_nano = 0;
  };
  explicit JournalWriter(JournalOptions options)
      : options_(std::move(options)), disk_(*options_.disk) {}
  Status OpenSegment(uint64_t first_sequence);
  Status OpenFresh(const std::string& path, uint64_t first_sequence);
  /// False where there is no spare, or it can't be used.
  bool OpenSpare(const std::string& path, uint64_t first_sequence);
  Status StartOver(const std::string& spare, const std::string& path, uint64_t first_sequence);
  /// Segments that hold nothing after `sequence` but the open one; they are no more among
  /// segments_.
  std::vector<Segment> TakeOut(uint64_t sequence);
  /// What a failure left behind a file's sound part, or of a file without one (0 bytes): perhaps
  /// frames of requests whose senders were refused.
  struct Remains {
    std::string path;
    int64_t sound_bytes = 0;
  };
  Status RemoveRemains();
  bool KeepAsSpare(const Segment& segment);
  void NoteTaken(const Segment& segment);
  void AbandonSegment();
  Status TryAppend(const std::vector<JournalEntry>& entries, int64_t bytes);

  const JournalOptions options_;
  Disk& disk_;
  std::unique_ptr<File> file_;    // The open segment, if any.
  int64_t synced_end_ = 0;        // How far the open segment is known to be on disk.
  uint64_t first_sequence_ = 0;   // Of the open segment.
  bool is_written_over_ = false;  // The open segment was a spare: an end mark follows its frames.
  mutable Guarded<std::vector<Segment>> segments_;
  Guarded<std::vector<std::string>> spares_;  // Paths.
  std::deque<TakenFile> taken_files_;         // Release's alone.
  // Nothing is appended while there are some: a request taken later would move the committed
  // sequence past theirs, so that a replay passes over what is known as taken.
  std::vector<Remains> remains_;
  std::atomic<uint64_t> released_{0};     // The sequence of the last Release.
  std::atomic<uint64_t> spared_from_{0};  // Segments before this one become no spares.
};

}  // namespace weir::buffer
