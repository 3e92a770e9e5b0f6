// SPDX-License-Identifier: Apache-2.0
#include "buffer/journal_writer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/log.h"
#include "buffer/journal_frame.h"
#include "buffer/metrics.h"

namespace weir::buffer {
namespace {

// One pwritev takes at most this many pieces (Linux' UIO_MAXIOV is 1024).
constexpr size_t kPiecesMax = 512;

Status Failed(std::string_view verb, const std::string& path) {
  return Error(ErrorKind::kRetryLater,
               fmt::format("journal: {} {}: {}", verb, path, std::strerror(errno)));
}

Status SyncDirectory(const std::string& directory) {
  const int fd = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool is_synced = fd >= 0 && ::fsync(fd) == 0;
  const Status status = is_synced ? Status::OK() : Failed("sync", directory);
  if (fd >= 0) ::close(fd);
  return status;
}

/// Writes all of `pieces` at `offset`, which moves on.
Status WritePieces(int fd, const std::string& path, std::vector<iovec> pieces, int64_t& offset) {
  size_t first = 0;
  while (first < pieces.size()) {
    const int count = static_cast<int>(std::min(pieces.size() - first, kPiecesMax));
    ssize_t written = ::pwritev(fd, pieces.data() + first, count, offset);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Failed("write", path);
    offset += written;
    while (first < pieces.size() && written >= static_cast<ssize_t>(pieces[first].iov_len)) {
      written -= static_cast<ssize_t>(pieces[first++].iov_len);
    }
    if (written > 0) {
      pieces[first].iov_base = static_cast<char*>(pieces[first].iov_base) + written;
      pieces[first].iov_len -= static_cast<size_t>(written);
    }
  }
  return Status::OK();
}

iovec Piece(std::string_view bytes) { return {const_cast<char*>(bytes.data()), bytes.size()}; }

}  // namespace

Result<std::unique_ptr<JournalWriter>> JournalWriter::Open(const JournalOptions& options) {
  std::error_code error;
  std::filesystem::create_directories(options.directory, error);
  if (error) {
    errno = error.value();
    return Failed("make directory", options.directory);
  }
  TRY(SyncDirectory(std::filesystem::path(options.directory).parent_path()));
  std::unique_ptr<JournalWriter> writer(
      new JournalWriter(options));  // lint-ok: private constructor
  TRY(writer->OpenSegment(1));
  return writer;
}

JournalWriter::~JournalWriter() {
  if (fd_ >= 0) ::close(fd_);
}

Status JournalWriter::OpenSegment(uint64_t first_sequence) {
  const std::string path = fmt::format("{}/{:016x}.wal", options_.directory, first_sequence);
  first_sequence_ = first_sequence;
  return OpenSpare(path, first_sequence) ? Status::OK() : OpenFresh(path, first_sequence);
}

Status JournalWriter::OpenFresh(const std::string& path, uint64_t first_sequence) {
  synced_end_ = 0;
  is_written_over_ = false;
  fd_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (fd_ < 0) return Failed("create", path);
  segments_.Lock()->push_back({path, first_sequence, options_.segment_bytes});
  // Space is taken now, so that a full disk shows here, and a sync later has no file size to write.
  const int error = ::posix_fallocate(fd_, 0, options_.segment_bytes);
  if (error != 0) {
    errno = error;
    const Status failed = Failed("take space for", path);
    AbandonSegment();
    return failed;
  }
  const auto header = EncodeSegmentHeader({options_.writer, first_sequence});
  int64_t end = 0;
  Status started = WritePieces(fd_, path, {Piece({header.data(), header.size()})}, end);
  if (started.ok() && ::fsync(fd_) != 0) started = Failed("sync", path);
  if (started.ok()) started = SyncDirectory(options_.directory);
  if (!started.ok()) {
    AbandonSegment();
    return started;
  }
  synced_end_ = end;
  return Status::OK();
}

bool JournalWriter::OpenSpare(const std::string& path, uint64_t first_sequence) {
  std::string spare;
  {
    auto spares = spares_.Lock();
    if (spares->empty()) return false;
    spare = std::move(spares->back());
    spares->pop_back();
  }
  const Status started = StartOver(spare, path, first_sequence);
  if (started.ok()) {
    segments_.Lock()->push_back({path, first_sequence, options_.segment_bytes});
    synced_end_ = kSegmentHeaderBytes;
    is_written_over_ = true;
    return true;
  }
  log::Warn("spare journal segment not used", {{"error", started.message()}});
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
  ::unlink(spare.c_str());
  ::unlink(path.c_str());
  return false;
}

/// Makes `spare`, on disk, a segment without a frame, and only then gives it a segment's name.
Status JournalWriter::StartOver(const std::string& spare, const std::string& path,
                                uint64_t first_sequence) {
  fd_ = ::open(spare.c_str(), O_WRONLY | O_CLOEXEC);
  if (fd_ < 0) return Failed("open", spare);
  const auto header = EncodeSegmentHeader(
      {.writer = options_.writer, .first_sequence = first_sequence, .is_written_over = true});
  const auto mark = EncodeEndMark({first_sequence - 1, first_sequence});
  int64_t end = 0;
  TRY(WritePieces(fd_, spare,
                  {Piece({header.data(), header.size()}), Piece({mark.data(), mark.size()})}, end));
  if (::fdatasync(fd_) != 0) return Failed("sync", spare);
  if (::rename(spare.c_str(), path.c_str()) != 0) return Failed("rename", spare);
  return SyncDirectory(options_.directory);
}

void JournalWriter::AbandonSegment() {
  auto segments = segments_.Lock();
  Segment& segment = segments->back();
  // What was not synced must not come back after a restart: its sender is told to send it again.
  const bool is_cut = ::ftruncate(fd_, synced_end_) == 0 && ::fsync(fd_) == 0;
  log::Error("journal segment ended early",
             {{"segment", segment.path}, {"synced_bytes", synced_end_}, {"cut_back", is_cut}});
  kJournalSegmentsAbandoned.With().Add();
  ::close(fd_);
  fd_ = -1;
  segment.bytes = synced_end_;
  if (synced_end_ <= static_cast<int64_t>(kSegmentHeaderBytes)) {
    ::unlink(segment.path.c_str());
    segments->pop_back();
  }
  synced_end_ = 0;
}

Status JournalWriter::Append(const std::vector<JournalEntry>& entries) {
  int64_t bytes = 0;
  for (const JournalEntry& entry : entries) {
    bytes += static_cast<int64_t>(entry.request->body.size() + kFrameHeaderBytes +
                                  entry.request->tables.schema.size() +
                                  entry.request->tables.prefix.size());
  }
  const int64_t end_bytes = is_written_over_ ? kEndMarkBytes : 0;
  const bool is_full = fd_ >= 0 && synced_end_ + bytes + end_bytes > options_.segment_bytes &&
                       synced_end_ > static_cast<int64_t>(kSegmentHeaderBytes);
  if (is_full) {
    ::close(fd_);
    fd_ = -1;
  }
  if (fd_ >= 0) {
    const Status appended = TryAppend(entries, bytes);
    if (appended.ok()) return appended;
    log::Warn("journal append failed, trying a new segment", {{"error", appended.message()}});
    AbandonSegment();
  }
  TRY(OpenSegment(entries.front().sequence));
  const Status appended = TryAppend(entries, bytes);
  if (!appended.ok()) AbandonSegment();
  return appended;
}

Status JournalWriter::TryReopen(uint64_t next_sequence) {
  return fd_ >= 0 ? Status::OK() : OpenSegment(next_sequence);
}

Status JournalWriter::TryAppend(const std::vector<JournalEntry>& entries, int64_t bytes) {
  std::vector<std::string> heads;
  heads.reserve(entries.size());
  std::vector<iovec> pieces;
  pieces.reserve(2 * entries.size());
  for (const JournalEntry& entry : entries) {
    heads.push_back(EncodeFrameHead(*entry.request, entry.sequence));
    pieces.push_back(Piece(heads.back()));
    if (!entry.request->body.empty()) pieces.push_back(Piece(entry.request->body));
  }
  // Read as the end only until the next entries are written over it.
  const auto mark = EncodeEndMark({entries.back().sequence, first_sequence_});
  if (is_written_over_) pieces.push_back(Piece({mark.data(), mark.size()}));
  int64_t end = synced_end_;
  const std::string path = segments_.Lock()->back().path;
  TRY(WritePieces(fd_, path, std::move(pieces), end));
  if (is_written_over_) end -= kEndMarkBytes;
  // A sync that failed says nothing about a later one, so it is never tried again on this file.
  if (options_.sync(fd_) != 0) return Failed("sync", path);
  synced_end_ = end;
  auto segments = segments_.Lock();
  segments->back().bytes = std::max(segments->back().bytes, end);
  kJournalBytesWritten.With().Add(bytes);
  kJournalSyncs.With().Add();
  return Status::OK();
}

void JournalWriter::Release(uint64_t sequence) {
  auto segments = segments_.Lock();
  // A segment is done with when the next one starts at or before the first sequence that is still
  // needed.
  while (segments->size() > 1 && (*segments)[1].first_sequence <= sequence + 1) {
    const Segment& released = segments->front();
    if (!KeepAsSpare(released) && ::unlink(released.path.c_str()) != 0) {
      log::Warn("journal segment not deleted", {{"segment", released.path}});
    }
    segments->erase(segments->begin());
  }
}

/// Only whole segments: one that was cut back after a failure is not to be trusted again.
bool JournalWriter::KeepAsSpare(const Segment& segment) {
  auto spares = spares_.Lock();
  if (segment.bytes != options_.segment_bytes || spares->size() >= options_.spare_segments_max) {
    return false;
  }
  // Sorts before every segment to come, and is none to a reader.
  const std::string spare = segment.path + ".spare";
  if (::rename(segment.path.c_str(), spare.c_str()) != 0) return false;
  spares->push_back(spare);
  return true;
}

int64_t JournalWriter::byte_size() const {
  int64_t bytes = 0;
  for (const Segment& segment : *segments_.Lock()) bytes += segment.bytes;
  return bytes;
}

}  // namespace weir::buffer
