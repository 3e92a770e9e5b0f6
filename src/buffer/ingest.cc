// SPDX-License-Identifier: Apache-2.0
#include "buffer/ingest.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/fault_point.h"
#include "base/log.h"
#include "base/threads.h"
#include "buffer/metrics.h"

namespace weir::buffer {
namespace {

// One sync covers at most this much, so that the first request of a batch is not kept waiting for
// the last.
constexpr int64_t kBatchBytesMax = 8 << 20;
// A queue that takes longer is full, from this part of its bytes on: senders give a request up
// after 5 or 10 s, and what is done after that is done in vain.
constexpr int64_t kQueuedNanoMax = 1'000'000'000, kSlowQueueShare = 16;
// A body that was read already is still taken while the queue is less than so many times full: what
// was read in vain costs more than it takes. The limit is there; full, to who asks before, is half.
// A small one makes no room by being refused, and is often of a sender that tries only a few times.
constexpr int64_t kReadFactor = 2, kSmallReadFactor = 4;
constexpr size_t kSmallBytes = 64 << 10;
// A segment takes at most this part of the journal's limit, so that a small journal is not full
// with its first request; so do, beside it, all segments that are kept to be written over.
constexpr int64_t kSegmentShare = 8, kSpareSegmentsMax = 4;

JournalOptions WithinLimit(JournalOptions journal, int64_t journal_bytes_max) {
  const int64_t share = journal_bytes_max / kSegmentShare;
  journal.segment_bytes = std::clamp<int64_t>(share, 1, journal.segment_bytes);
  journal.segment_bytes = fault::Number("WEIR_FAULT_SEGMENT_BYTES", journal.segment_bytes);
  const int64_t fitting = share / journal.segment_bytes;
  journal.spare_segments_max = static_cast<size_t>(std::min(fitting, kSpareSegmentsMax));
  return journal;
}

/// `done`, after `recent` was told.
signal::Sink::Done Remembering(RecentRequests& recent, const RequestKey& key,
                               signal::Sink::Done done) {
  return [&recent, key, done = std::move(done)](Result<signal::ExportOutcome> outcome) {
    if (outcome.ok()) {
      recent.Take(key, *outcome);
    } else {
      recent.Refuse(key, outcome.status());
    }
    done(std::move(outcome));
  };
}

TakenRequest Taken(const RequestKey& key, const signal::ExportRequest& request,
                   const signal::ExportOutcome& outcome) {
  return {.key = key,
          .received_unix_nano = request.received_unix_nano,
          .accepted = static_cast<uint32_t>(outcome.accepted),
          .rejected = static_cast<uint32_t>(outcome.rejected)};
}

}  // namespace

Result<std::unique_ptr<Ingest>> Ingest::Open(IngestOptions options) {
  std::unique_ptr<Ingest> ingest = TRY(OpenWithoutThread(std::move(options)));
  ingest->thread_ = std::thread([raw = ingest.get()] { raw->Run(); });
  return ingest;
}

Result<std::unique_ptr<Ingest>> Ingest::OpenWithoutThread(IngestOptions options) {
  auto journal = TRY(JournalWriter::Open(WithinLimit(options.journal, options.journal_bytes_max)));
  return std::unique_ptr<Ingest>(
      new Ingest(std::move(options), std::move(journal)));  // lint-ok: private constructor
}

Ingest::Ingest(IngestOptions options, std::unique_ptr<JournalWriter> journal)
    : options_(std::move(options)),
      journal_(std::move(journal)),
      current_(std::make_unique<Generation>(options_.journal.writer, options_.new_columns)) {}

Ingest::~Ingest() { Stop(); }

void Ingest::Accept(signal::ExportRequest request, Done done) {
  const RequestKey key = KeyOf(request);
  if (options_.recent != nullptr) {
    if (!options_.recent->Begin(key, done)) return;
    done = Remembering(*options_.recent, key, std::move(done));
  }
  Status admitted;
  bool was_empty = false;
  {
    const std::lock_guard lock(queue_mutex_);
    admitted = AdmitLocked(request.body.size() <= kSmallBytes ? kSmallReadFactor : kReadFactor);
    was_empty = queue_.empty();
    if (admitted.ok()) {
      queued_bytes_ += static_cast<int64_t>(request.body.size());
      queue_.push_back({std::move(request), key, std::move(done)});
    }
  }
  if (!admitted.ok()) return done(admitted);
  // Behind others, a request is taken with them: the thread is awake, or waits for room.
  if (was_empty) queue_changed_.notify_all();
}

Status Ingest::AdmitLocked(int64_t times_full) const {
  const auto refuse = [](const char* reason, std::string message) {
    kIngestRefused.With({reason}).Add();
    return Error(ErrorKind::kRetryLater, std::move(message));
  };
  if (is_stopping_) return refuse("stopping", "the server is stopping");
  if (queued_bytes_ >= times_full * options_.queued_bytes_max / kReadFactor ||
      QueuedNanoLocked() >= times_full * kQueuedNanoMax) {
    return refuse("memory", "too many requests are waiting (limits.memory_mib)");
  }
  if (journal_->unreleased_bytes() > options_.journal_bytes_max) {
    return refuse("journal", "the journal is full (limits.journal_mib)");
  }
  return Status::OK();
}

/// How long the queue takes, by the times of its ends: the last one waits about as long as lies
/// between.
int64_t Ingest::QueuedNanoLocked() const {
  if (queued_bytes_ < options_.queued_bytes_max / kSlowQueueShare || queue_.empty()) return 0;
  return queue_.back().request.received_unix_nano - queue_.front().request.received_unix_nano;
}

Status Ingest::CanAccept() const {
  const std::lock_guard lock(queue_mutex_);
  TRY(AdmitLocked(1));
  return last_sync_;
}

void Ingest::Run() {
  NameThread("ingest");
  while (WaitForWork()) Step();
}

bool Ingest::WaitForWork() {
  std::unique_lock lock(queue_mutex_);
  const auto is_ready = [&] {
    return is_roll_wanted_ || (queue_.empty() ? is_stopping_ : MayTakeLocked());
  };
  if (last_sync_.ok()) {
    queue_changed_.wait(lock, is_ready);
  } else if (!queue_changed_.wait_for(lock, options_.probe_pause, is_ready)) {
    return true;
  }
  return is_roll_wanted_ || !queue_.empty();
}

bool Ingest::MayTakeLocked() const {
  return current_bytes_ + sealed_bytes_ < options_.buffered_bytes_max || is_stopping_;
}

void Ingest::Step() {
  std::vector<Waiting> batch;
  bool is_broken = false, is_roll_wanted = false;
  {
    const std::lock_guard lock(queue_mutex_);
    is_roll_wanted = is_roll_wanted_;
    if (!is_roll_wanted && MayTakeLocked()) batch = NextBatchLocked();
    is_broken = !last_sync_.ok();
  }
  if (is_roll_wanted) return RollJournal();
  if (!batch.empty()) return Take(std::move(batch));
  if (is_broken) ProbeJournal();
}

std::vector<Ingest::Waiting> Ingest::NextBatchLocked() {
  std::vector<Waiting> batch;
  int64_t bytes = 0;
  while (!queue_.empty() && bytes < kBatchBytesMax) {
    bytes += static_cast<int64_t>(queue_.front().request.body.size());
    batch.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  queued_bytes_ -= bytes;
  return batch;
}

void Ingest::ProbeJournal() {
  // Whoever asks CanAccept first sends no body while the journal is broken, so no append would find
  // out.
  // The number is used up: a segment of that name that was begun may not be gone.
  const Status reopened = journal_->TryReopen(next_sequence_++);
  const std::lock_guard lock(queue_mutex_);
  last_sync_ = reopened;
  if (reopened.ok()) log::Info("journal can be written again");
}

void Ingest::Roll() {
  {
    const std::lock_guard lock(queue_mutex_);
    is_roll_wanted_ = true;
  }
  queue_changed_.notify_all();
}

bool Ingest::has_rolled() const {
  const std::lock_guard lock(queue_mutex_);
  return !is_roll_wanted_ && !journal_->HoldsBefore(rolled_at_);
}

void Ingest::RollJournal() {
  // As a probe: the number is used up.
  const uint64_t sequence = next_sequence_++;
  const Status rolled = journal_->Roll(sequence);
  {
    const std::lock_guard lock(queue_mutex_);
    is_roll_wanted_ = false;
    rolled_at_ = sequence;
    last_sync_ = rolled;
  }
  if (!rolled.ok()) {
    return log::Warn("journal does not go on in a new segment", {{"error", rolled.message()}});
  }
  // What was in the tables before waits for no other commit.
  ReleaseJournal(journal_->released());
}

void Ingest::ReleaseJournal(uint64_t sequence) {
  const std::lock_guard lock(release_mutex_);
  journal_->Release(std::max(sequence, journal_->released()));
}

Result<std::vector<Frame>> Ingest::ReadAfter(uint64_t sequence, int64_t bytes_max) {
  std::vector<std::string> parts;
  {
    const std::lock_guard lock(release_mutex_);
    parts = TRY(journal_->ReadAfter(std::max(sequence, journal_->released()), bytes_max));
  }
  std::vector<Frame> frames;
  for (const std::string& part : parts) {
    for (std::string_view rest = part; !rest.empty();) {
      Frame frame;
      const FrameAt found = ReadFrame(rest, &frame);
      if (found.state != FrameState::kSound) {
        return Error(ErrorKind::kInternal, "the journal does not read back as it was written");
      }
      rest.remove_prefix(found.bytes);
      if (frame.sequence > sequence) frames.push_back(std::move(frame));
    }
  }
  return frames;
}

void Ingest::Take(std::vector<Waiting> batch) {
  std::vector<Answer> answers;
  Status synced;
  int64_t current_bytes = 0;
  {
    const std::lock_guard lock(rows_mutex_);
    const uint64_t sequence_before = next_sequence_ - 1;
    std::vector<JournalEntry> entries;
    fault::Point("request.decode.before");
    answers = Decode(batch, entries);
    fault::Point("request.decode.after");
    if (!entries.empty()) synced = journal_->Append(entries);
    if (!synced.ok()) current_->ForgetAfter(sequence_before);
    current_->Mark();
    current_bytes = current_->byte_size();
    // Still under rows_mutex_: a Seal in between would count these rows twice.
    const std::lock_guard queue_lock(queue_mutex_);
    current_bytes_ = current_bytes;
    if (!entries.empty()) last_sync_ = synced;
    const bool has_rows = current_->num_rows() > 0;
    if (has_rows && oldest_current_ == 0) {
      oldest_current_ = batch.front().request.received_unix_nano;
    }
  }
  if (!synced.ok()) {
    log::Error("requests refused, the journal can't be written",
               {{"requests", batch.size()}, {"error", synced.message()}});
  }
  for (Answer& answer : answers) {
    const bool is_lost = !synced.ok() && answer.outcome.ok();
    fault::Point("request.ack.before");
    answer.done(is_lost ? Result<signal::ExportOutcome>(synced) : std::move(answer.outcome));
    fault::Point("request.ack.after");
  }
  if (current_bytes >= options_.flush_bytes && options_.on_flush_wanted) options_.on_flush_wanted();
}

std::vector<Ingest::Answer> Ingest::Decode(std::vector<Waiting>& batch,
                                           std::vector<JournalEntry>& entries) {
  std::vector<Answer> answers;
  for (Waiting& waiting : batch) {
    auto appended = current_->Append(waiting.request, next_sequence_);
    if (!appended.ok()) {
      KeepRefused(waiting, appended.status(), entries);
      answers.push_back({std::move(waiting.done), appended.status()});
      continue;
    }
    // A request without a row needs no place in the journal.
    if (appended->has_rows) {
      entries.push_back({next_sequence_, &waiting.request,
                         Taken(waiting.key, waiting.request, appended->outcome)});
    }
    ++next_sequence_;
    answers.push_back({std::move(waiting.done), std::move(appended->outcome)});
  }
  return answers;
}

/// A request that can't be read is journalled as what is kept of it: were all of it, whoever sends
/// garbage would fill the disk.
void Ingest::KeepRefused(Waiting& waiting, const Status& refused,
                         std::vector<JournalEntry>& entries) {
  std::string& body = waiting.request.body;
  RefusedRequest kept{.detail = refused.message().substr(0, kRefusalDetailBytesMax)};
  kept.is_cut = body.size() > options_.dead_letter_bytes_max;
  if (kept.is_cut) body.resize(options_.dead_letter_bytes_max);
  if (!current_->AddRefused(waiting.request, next_sequence_, kept.detail, kept.is_cut)) return;
  entries.push_back(
      {next_sequence_++,
       &waiting.request,
       {.key = KeyOf(waiting.request), .received_unix_nano = waiting.request.received_unix_nano},
       std::move(kept)});
}

std::unique_ptr<Generation> Ingest::Seal() {
  const std::lock_guard lock(rows_mutex_);
  auto sealed = std::exchange(
      current_, std::make_unique<Generation>(options_.journal.writer, options_.new_columns));
  const std::lock_guard queue_lock(queue_mutex_);
  // Without rows there is no commit, so no Release would take the bytes of empty columns back.
  if (sealed->num_rows() > 0) sealed_bytes_ += sealed->byte_size();
  current_bytes_ = 0;
  if (oldest_sealed_ == 0) oldest_sealed_ = oldest_current_;
  oldest_current_ = 0;
  queue_changed_.notify_all();
  return sealed;
}

void Ingest::FreeSealed() {
  {
    const std::lock_guard lock(queue_mutex_);
    sealed_bytes_ = 0;
  }
  queue_changed_.notify_all();
}

void Ingest::Release(uint64_t sequence) {
  ReleaseJournal(sequence);
  {
    const std::lock_guard lock(queue_mutex_);
    sealed_bytes_ = 0;
    oldest_sealed_ = 0;
  }
  queue_changed_.notify_all();
  if (options_.on_released) options_.on_released();
}

int64_t Ingest::buffered_bytes() const {
  const std::lock_guard lock(queue_mutex_);
  return current_bytes_ + sealed_bytes_ + queued_bytes_;
}

int64_t Ingest::oldest_unix_nano() const {
  const std::lock_guard lock(queue_mutex_);
  return oldest_sealed_ != 0 ? oldest_sealed_ : oldest_current_;
}

void Ingest::Stop() {
  {
    const std::lock_guard lock(queue_mutex_);
    is_stopping_ = true;
  }
  queue_changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

}  // namespace weir::buffer
