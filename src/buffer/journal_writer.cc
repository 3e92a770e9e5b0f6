// SPDX-License-Identifier: Apache-2.0
#include "buffer/journal_writer.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/fault_point.h"
#include "base/log.h"
#include "buffer/journal_frame.h"
#include "buffer/metrics.h"
#include "buffer/taken_file.h"

namespace weir::buffer {

Result<std::unique_ptr<JournalWriter>> JournalWriter::Open(const JournalOptions& options) {
  TRY(MakeDirectories(*options.disk, options.directory));
  std::unique_ptr<JournalWriter> writer(
      new JournalWriter(options));  // lint-ok: private constructor
  TRY(writer->OpenSegment(1));
  return writer;
}

Status JournalWriter::OpenSegment(uint64_t first_sequence) {
  const std::string path = fmt::format("{}/{:016x}.wal", options_.directory, first_sequence);
  first_sequence_ = first_sequence;
  return OpenSpare(path, first_sequence) ? Status::OK() : OpenFresh(path, first_sequence);
}

Status JournalWriter::OpenFresh(const std::string& path, uint64_t first_sequence) {
  synced_end_ = 0;
  is_written_over_ = false;
  TRY(fault::MayFail("journal.segment.before"));
  file_ = TRY(disk_.Create(path));
  segments_.Lock()->push_back({path, first_sequence, options_.segment_bytes});
  const auto header = EncodeSegmentHeader({options_.writer, first_sequence});
  int64_t end = 0;
  // Space is taken now, so that a full disk shows here, and a sync later has no file size to write.
  Status started = file_->Allocate(options_.segment_bytes);
  if (started.ok()) started = WriteAll(*file_, {Piece({header.data(), header.size()})}, end);
  if (started.ok()) started = file_->Sync();
  if (started.ok()) started = disk_.SyncDirectory(options_.directory);
  if (started.ok()) started = fault::MayFail("journal.segment.after");
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
  file_.reset();
  Ignore(disk_.Remove(spare), "it may have its new name already");
  Ignore(disk_.Remove(path), "it may have its old name still");
  return false;
}

/// Makes `spare`, on disk, a segment without a frame, and only then gives it a segment's name.
Status JournalWriter::StartOver(const std::string& spare, const std::string& path,
                                uint64_t first_sequence) {
  TRY(fault::MayFail("journal.overwrite.before"));
  file_ = TRY(disk_.Open(spare));
  const auto header = EncodeSegmentHeader(
      {.writer = options_.writer, .first_sequence = first_sequence, .is_written_over = true});
  const auto mark = EncodeEndMark({first_sequence - 1, first_sequence});
  int64_t end = 0;
  TRY(WriteAll(*file_, {Piece({header.data(), header.size()}), Piece({mark.data(), mark.size()})},
               end));
  TRY(file_->SyncData());
  TRY(disk_.Rename(spare, path));
  TRY(disk_.SyncDirectory(options_.directory));
  return fault::MayFail("journal.overwrite.after");
}

void JournalWriter::AbandonSegment() {
  auto segments = segments_.Lock();
  Segment& segment = segments->back();
  // What was not synced must not come back after a restart: its sender is told to send it again.
  const bool is_cut = file_->Truncate(synced_end_).ok() && file_->Sync().ok();
  log::Error("journal segment ended early",
             {{"segment", segment.path}, {"synced_bytes", synced_end_}, {"cut_back", is_cut}});
  kJournalSegmentsAbandoned.With().Add();
  file_.reset();
  segment.bytes = synced_end_;
  const bool holds_requests = synced_end_ > static_cast<int64_t>(kSegmentHeaderBytes);
  if (!is_cut) remains_.push_back({segment.path, holds_requests ? synced_end_ : 0});
  if (!holds_requests) {
    Ignore(disk_.Remove(segment.path), "it holds no request");
    segments->pop_back();
  }
  synced_end_ = 0;
}

Status JournalWriter::RemoveRemains() {
  while (!remains_.empty()) {
    const Remains& last = remains_.back();
    if (last.sound_bytes > 0) {
      const std::unique_ptr<File> file = TRY(disk_.Open(last.path));
      TRY(file->Truncate(last.sound_bytes));
      TRY(file->Sync());
    } else {
      const Status removed = disk_.Remove(last.path);
      if (!removed.ok() && KindOf(removed) != ErrorKind::kNotFound) return removed;
      TRY(disk_.SyncDirectory(options_.directory));
    }
    remains_.pop_back();
  }
  return Status::OK();
}

Status JournalWriter::Append(const std::vector<JournalEntry>& entries) {
  TRY(RemoveRemains());
  int64_t bytes = 0;
  for (const JournalEntry& entry : entries) {
    bytes += static_cast<int64_t>(
        entry.request->body.size() + kFrameHeaderBytes + entry.request->tables.schema.size() +
        entry.request->tables.prefix.size() + entry.request->source.size());
    if (entry.refused) bytes += static_cast<int64_t>(entry.refused->detail.size());
  }
  const int64_t end_bytes = is_written_over_ ? kEndMarkBytes : 0;
  const bool is_full = file_ != nullptr &&
                       synced_end_ + bytes + end_bytes > options_.segment_bytes &&
                       synced_end_ > static_cast<int64_t>(kSegmentHeaderBytes);
  if (is_full) file_.reset();
  if (file_ != nullptr) {
    const Status appended = TryAppend(entries, bytes);
    if (appended.ok()) return appended;
    log::Warn("journal append failed, trying a new segment", {{"error", appended.message()}});
    AbandonSegment();
  }
  TRY(OpenSegment(entries.front().sequence));
  const Status appended = TryAppend(entries, bytes);
  if (!appended.ok()) {
    AbandonSegment();
  } else {
    remains_.clear();  // A segment ends where the next begins.
  }
  return appended;
}

Status JournalWriter::TryReopen(uint64_t next_sequence) {
  TRY(RemoveRemains());
  return file_ != nullptr ? Status::OK() : OpenSegment(next_sequence);
}

Status JournalWriter::Roll(uint64_t next_sequence) {
  TRY(RemoveRemains());
  file_.reset();
  spared_from_ = next_sequence;
  {
    auto spares = spares_.Lock();
    while (!spares->empty()) {
      TRY(disk_.Remove(spares->back()));
      spares->pop_back();
    }
  }
  TRY(disk_.SyncDirectory(options_.directory));
  return OpenSegment(next_sequence);
}

bool JournalWriter::HoldsBefore(uint64_t sequence) const {
  auto segments = segments_.Lock();
  return !segments->empty() && segments->front().first_sequence < sequence;
}

Status JournalWriter::TryAppend(const std::vector<JournalEntry>& entries, int64_t bytes) {
  std::vector<std::string> heads;
  heads.reserve(entries.size());
  std::vector<iovec> pieces;
  pieces.reserve(2 * entries.size());
  for (const JournalEntry& entry : entries) {
    heads.push_back(EncodeFrameHead(*entry.request, entry.sequence, entry.taken, entry.refused));
    pieces.push_back(Piece(heads.back()));
    if (!entry.request->body.empty()) pieces.push_back(Piece(entry.request->body));
  }
  // Read as the end only until the next entries are written over it.
  const auto mark = EncodeEndMark({entries.back().sequence, first_sequence_});
  if (is_written_over_) pieces.push_back(Piece({mark.data(), mark.size()}));
  int64_t end = synced_end_;
  TRY(fault::MayFail("journal.append.before"));
  TRY(WriteAll(*file_, std::move(pieces), end));
  TRY(fault::MayFail("journal.append.after"));
  if (is_written_over_) end -= kEndMarkBytes;
  TRY(fault::MayFail("journal.sync.before"));
  // A sync that failed says nothing about a later one, so it is never tried again on this file.
  TRY(file_->SyncData());
  TRY(fault::MayFail("journal.sync.after"));
  auto segments = segments_.Lock();
  Segment& segment = segments->back();
  segment.bytes = std::max(segment.bytes, end);
  segment.last_sequence = entries.back().sequence;
  segment.stretches.push_back({segment.last_sequence, synced_end_, end});
  synced_end_ = end;
  for (const JournalEntry& entry : entries) {
    if (!entry.refused) segment.taken.push_back(entry.taken);
  }
  kJournalBytesWritten.With().Add(bytes);
  kJournalSyncs.With().Add();
  return Status::OK();
}

Result<std::vector<std::string>> JournalWriter::ReadAfter(uint64_t sequence,
                                                          int64_t bytes_max) const {
  struct Range {
    std::string path;
    int64_t begin = 0, end = 0;
  };
  std::vector<Range> ranges;
  for (const Segment& segment : *segments_.Lock()) {
    const auto first =
        std::ranges::upper_bound(segment.stretches, sequence, {}, &Stretch::last_sequence);
    if (first == segment.stretches.end()) continue;
    ranges.push_back({segment.path, first->begin, segment.stretches.back().end});
    bytes_max -= ranges.back().end - ranges.back().begin;
  }
  if (bytes_max < 0) {
    return Error(ErrorKind::kRetryLater,
                 fmt::format("{} more bytes of acknowledged requests wait for a commit than may be "
                             "copied",
                             -bytes_max));
  }
  std::vector<std::string> parts;
  for (const Range& range : ranges) {
    const auto bytes = static_cast<size_t>(range.end - range.begin);
    std::string part = TRY(disk_.ReadRange(range.path, range.begin, bytes));
    if (part.size() != bytes) {
      return Error(ErrorKind::kRetryLater,
                   fmt::format("read {} bytes of {} from {}: it has but {}", bytes, range.path,
                               range.begin, part.size()));
    }
    parts.push_back(std::move(part));
  }
  return parts;
}

void JournalWriter::Release(uint64_t sequence) {
  released_ = sequence;
  for (const Segment& released : TakeOut(sequence)) {
    fault::Point("journal.release.before");
    NoteTaken(released);
    if (!KeepAsSpare(released) && !disk_.Remove(released.path).ok()) {
      log::Warn("journal segment not deleted", {{"segment", released.path}});
    }
    fault::Point("journal.release.after");
  }
}

std::vector<JournalWriter::Segment> JournalWriter::TakeOut(uint64_t sequence) {
  std::vector<Segment> released;
  auto segments = segments_.Lock();
  // A segment is done with when the next one starts at or before the first sequence that is still
  // needed, or when it ends before that: numbers between may be used up without a request.
  const auto is_done_with = [&] {
    return (*segments)[1].first_sequence <= sequence + 1 ||
           segments->front().last_sequence <= sequence;
  };
  while (segments->size() > 1 && is_done_with()) {
    released.push_back(std::move(segments->front()));
    segments->erase(segments->begin());
  }
  return released;
}

void JournalWriter::NoteTaken(const Segment& segment) {
  if (options_.taken_directory.empty() || segment.taken.empty()) return;
  const std::string path =
      TakenPath(options_.taken_directory, options_.writer, segment.first_sequence);
  const Status noted = WriteTaken(disk_, path, segment.taken);
  if (!noted.ok()) {
    log::Warn("requests that were taken are not noted: sent again after a restart, they are new",
              {{"requests", segment.taken.size()}, {"error", noted.message()}});
    return;
  }
  const int64_t newest =
      std::ranges::max(segment.taken, {}, &TakenRequest::received_unix_nano).received_unix_nano;
  taken_files_.push_back({path, newest});
  while (taken_files_.front().newest_unix_nano < newest - options_.taken_for.count()) {
    Ignore(disk_.Remove(taken_files_.front().path), "the next start tries again");
    taken_files_.pop_front();
  }
}

/// Only whole segments: one that was cut back after a failure is not to be trusted again.
bool JournalWriter::KeepAsSpare(const Segment& segment) {
  auto spares = spares_.Lock();
  if (segment.first_sequence < spared_from_) return false;
  if (segment.bytes != options_.segment_bytes || spares->size() >= options_.spare_segments_max) {
    return false;
  }
  // Sorts before every segment to come, and is none to a reader.
  const std::string spare = segment.path + ".spare";
  fault::Point("journal.spare.before");
  if (!disk_.Rename(segment.path, spare).ok()) return false;
  fault::Point("journal.spare.after");
  spares->push_back(spare);
  return true;
}

int64_t JournalWriter::byte_size() const {
  int64_t bytes = 0;
  for (const Segment& segment : *segments_.Lock()) bytes += segment.bytes;
  return bytes;
}

int64_t JournalWriter::unreleased_bytes() const {
  int64_t bytes = 0;
  for (const Segment& segment : *segments_.Lock()) {
    if (segment.last_sequence > released_) bytes += segment.bytes;
  }
  return bytes;
}

}  // namespace weir::buffer
