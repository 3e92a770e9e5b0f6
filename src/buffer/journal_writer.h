// SPDX-License-Identifier: Apache-2.0
#pragma once
// The appending side of one journal: segments that are synced before anyone is told of it.

#include <unistd.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/guarded.h"
#include "base/result.h"
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
  // Makes a segment's bytes durable; returns 0, or -1 and errno. Tests let it fail.
  std::function<int(int fd)> sync = ::fdatasync;
};

/// A request with the number it has in the journal.
struct JournalEntry {
  uint64_t sequence = 0;
  const signal::ExportRequest* request = nullptr;
};

/// Append is one thread; the rest any thread.
class JournalWriter {
 public:
  /// Errors: kRetryLater when the first segment can't be made.
  static Result<std::unique_ptr<JournalWriter>> Open(const JournalOptions& options);
  ~JournalWriter();
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

  /// Requests up to `sequence` are in the tables: segments with nothing later are deleted or become
  /// spares.
  void Release(uint64_t sequence);
  /// Bytes of all segments with requests, spares left out.
  int64_t byte_size() const;

 private:
  struct Segment {
    std::string path;
    uint64_t first_sequence = 0;
    int64_t bytes = 0;
  };
  explicit JournalWriter(JournalOptions options) : options_(std::move(options)) {}
  Status OpenSegment(uint64_t first_sequence);
  Status OpenFresh(const std::string& path, uint64_t first_sequence);
  /// False where there is no spare, or it can't be used.
  bool OpenSpare(const std::string& path, uint64_t first_sequence);
  Status StartOver(const std::string& spare, const std::string& path, uint64_t first_sequence);
  bool KeepAsSpare(const Segment& segment);
  void AbandonSegment();
  Status TryAppend(const std::vector<JournalEntry>& entries, int64_t bytes);

  const JournalOptions options_;
  int fd_ = -1;                   // The open segment; -1 where there is none.
  int64_t synced_end_ = 0;        // How far the open segment is known to be on disk.
  uint64_t first_sequence_ = 0;   // Of the open segment.
  bool is_written_over_ = false;  // The open segment was a spare: an end mark follows its frames.
  mutable Guarded<std::vector<Segment>> segments_;
  Guarded<std::vector<std::string>> spares_;  // Paths; where both are held, locked after segments_.
};

}  // namespace weir::buffer
