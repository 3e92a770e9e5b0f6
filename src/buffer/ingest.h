// SPDX-License-Identifier: Apache-2.0
#pragma once
// From accepted requests to durable rows: one writer's queue, journal and columns, served by one
// thread.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/result.h"
#include "buffer/generation.h"
#include "buffer/journal_frame.h"
#include "buffer/journal_writer.h"
#include "buffer/recent_requests.h"
#include "signal/sink.h"

namespace weir::buffer {

struct IngestOptions {
  JournalOptions journal;
  signal::RowColumnsFactory new_columns;
  int64_t queued_bytes_max = 64 << 20;  // Bodies that wait for the thread; more are refused.
  int64_t buffered_bytes_max =
      160 << 20;                   // Rows not in a table yet; the thread waits for a commit then.
  int64_t flush_bytes = 48 << 20;  // Rows that are worth a commit before its time.
  int64_t journal_bytes_max = int64_t{4} << 30;
  // How often a journal that could not be written is tried again, so that requests are taken again
  // without a restart.
  std::chrono::milliseconds probe_pause{500};
  size_t dead_letter_bytes_max = 64 << 10;  // Of a request that can't be read; more is cut off.
  // Of all writers. Borrowed; none: every request is a new one.
  RecentRequests* recent = nullptr;
  // Called when flush_bytes is reached; any thread, must not block.
  std::function<void()> on_flush_wanted;
  // Called at the end of Release, by its thread.
  std::function<void()> on_released;
};

/// Any thread. Requests are taken in order: decoded into columns, written to the journal many at a
/// time with one sync, answered. What can't be synced is taken out of the columns again and
/// refused; CanAccept refuses from then on until the journal can be written again.
class Ingest final : public signal::Sink {
 public:
  static Result<std::unique_ptr<Ingest>> Open(IngestOptions options);
  /// Takes nothing by itself: the caller does what the thread would, by Step, on one thread.
  static Result<std::unique_ptr<Ingest>> OpenWithoutThread(IngestOptions options);
  ~Ingest() override;

  void Accept(signal::ExportRequest request, Done done) override;

  /// Hands over all rows since the last call; all are durable. They count as buffered until
  /// FreeSealed or Release.
  std::unique_ptr<Generation> Seal();
  /// What Seal handed over has left memory.
  void FreeSealed();
  /// The generation that ended with `sequence` is in the tables.
  void Release(uint64_t sequence);

  /// What was acknowledged so far is to leave the disk as soon as it is in the tables: the journal
  /// goes on in a new segment, and files that hold earlier requests are deleted, not written over.
  void Roll();
  /// Whether that has happened, for all since the last Roll.
  bool has_rolled() const;

  /// Requests after `sequence` that were answered, or are about to be, in order. Those that are
  /// released may be missing. Takes no lock that an answer waits for. Errors: kRetryLater where
  /// they are more than `bytes_max`, or the disk fails; kInternal where one can't be read back.
  Result<std::vector<Frame>> ReadAfter(uint64_t sequence, int64_t bytes_max);
  /// Requests up to here are in the tables.
  uint64_t released() const { return journal_->released(); }

  Status CanAccept() const override;
  uint32_t writer() const { return options_.journal.writer; }
  int64_t buffered_bytes() const;
  int64_t journal_bytes() const { return journal_->byte_size(); }
  /// When the oldest row that is not in a table yet was received; 0 where there is none.
  int64_t oldest_unix_nano() const;

  /// Takes what is queued, if there is room for its rows; with nothing to take, probes a journal
  /// that could not be written. Waits for nothing.
  void Step();

  /// Finishes what is queued, then takes nothing more. Seal still works after.
  void Stop();

 private:
  struct Waiting {
    signal::ExportRequest request;
    RequestKey key;
    Done done;
  };
  struct Answer {
    Done done;
    Result<signal::ExportOutcome> outcome;
  };

  explicit Ingest(IngestOptions options, std::unique_ptr<JournalWriter> journal);
  void Run();
  /// False at the end: stopping, and nothing is queued any more.
  bool WaitForWork();
  bool MayTakeLocked() const;
  std::vector<Waiting> NextBatchLocked();
  void ProbeJournal();
  void RollJournal();
  void ReleaseJournal(uint64_t sequence);
  void Take(std::vector<Waiting> batch);
  std::vector<Answer> Decode(std::vector<Waiting>& batch, std::vector<JournalEntry>& entries);
  void KeepRefused(Waiting& waiting, const Status& refused, std::vector<JournalEntry>& entries);
  Status AdmitLocked(int64_t times_full) const;
  int64_t QueuedNanoLocked() const;

  const IngestOptions options_;
  const std::unique_ptr<JournalWriter> journal_;

  mutable std::mutex queue_mutex_;  // Where both are held, taken after rows_mutex_.
  std::condition_variable queue_changed_;
  std::deque<Waiting> queue_;  // Under queue_mutex_, as the rest of this block.
  int64_t queued_bytes_ = 0;
  int64_t current_bytes_ = 0;  // Of the generation under construction.
  int64_t sealed_bytes_ = 0;   // Of generations handed over and still in memory.
  int64_t oldest_current_ = 0, oldest_sealed_ = 0;
  bool is_stopping_ = false;
  bool is_roll_wanted_ = false;
  uint64_t rolled_at_ = 0;  // The number with which the last Roll's segment began.
  Status last_sync_;        // How the last attempt to write the journal went.

  // Held for a release, and while the journal is read; with none of the others.
  std::mutex release_mutex_;
  std::mutex rows_mutex_;  // Held from decoding to sync, so that Seal sees durable rows only.
  std::unique_ptr<Generation> current_;
  uint64_t next_sequence_ = 1;

  std::thread thread_;
};

}  // namespace weir::buffer
