// SPDX-License-Identifier: Apache-2.0
#include "commit/committer.h"

#include <algorithm>
#include <utility>

#include "base/fault_point.h"
#include "base/log.h"
#include "base/threads.h"
#include "buffer/metrics.h"
#include "buffer/taken_file.h"
#include "commit/delta_publisher.h"
#include "commit/metrics.h"

namespace weir::commit {
namespace {

constexpr std::chrono::milliseconds kRetryPauseMax{5000};
// While stopping, a failing disk must not hold the process: the journal keeps the rows for the next
// start.
constexpr int kTriesWhileStopping = 3;

}  // namespace

Status Committer::Prepare() {
  TRY(PublishPendingDelta(options_.store, options_.catalog));
  for (signal::Signal signal : signal::kSignals) {
    TRY(heads_.Open({{}, signal::TableOf(signal)}));
  }
  TRY(heads_.Open({{}, signal::Table::kTraceIndex}));
  if (options_.new_columns.dead_letters) TRY(heads_.Open({{}, signal::Table::kDeadLetters}));
  return PublishPendingDelta(options_.store, options_.catalog);
}

void Committer::Start(std::vector<buffer::Ingest*> ingests, std::vector<buffer::LeftJournal> left) {
  StartWithoutThread(std::move(ingests));
  thread_ = std::thread([this, left = std::move(left)] { Run(left); });
}

void Committer::Wake() {
  const std::lock_guard lock(mutex_);
  is_wanted_ = true;
  changed_.notify_all();
}

void Committer::Stop() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
  RefuseRearrangements();
}

void Committer::Run(const std::vector<buffer::LeftJournal>& left) {
  NameThread("commit");
  RunInBatches();  // Its work takes long; those who answer requests come first.
  Recover(left);
  bool is_last = false;
  while (!is_last) {
    const auto started = options_.clock.Monotonic();
    CommitOnce();
    WaitForWork(started);
    const std::lock_guard lock(mutex_);
    is_last = is_stopping_;
  }
  CommitOnce();
}

void Committer::Recover(const std::vector<buffer::LeftJournal>& left) {
  if (!left.empty() && options_.taken_for.count() > 0) {
    buffer::ReadTaken(*left.front().disk, options_.taken_directory, 0,
                      [this](const buffer::TakenRequest& taken) { replayed_.Note(taken); });
  }
  for (const buffer::LeftJournal& journal : left) RecoverOne(journal);
  replayed_.Clear();
  has_recovered_ = true;
}

void Committer::WaitForWork(std::chrono::nanoseconds last_start) {
  std::unique_lock lock(mutex_);
  while (!is_wanted_ && !is_stopping_) {
    if (!rearrangements_.empty()) {
      lock.unlock();
      CommitRearrangements();
      lock.lock();
      continue;
    }
    const auto elapsed = options_.clock.Monotonic() - last_start;
    if (elapsed >= options_.interval) break;
    changed_.wait_for(lock, options_.interval - elapsed);
  }
  is_wanted_ = false;
}

void Committer::CommitOnce() {
  if (has_given_up_) return;
  std::vector<std::unique_ptr<buffer::Generation>> generations;
  int64_t oldest = 0;
  double journal_bytes = 0, buffered_bytes = 0;
  for (buffer::Ingest* ingest : ingests_) {
    const int64_t one = ingest->oldest_unix_nano();
    if (one != 0) oldest = oldest == 0 ? one : std::min(oldest, one);
    journal_bytes += static_cast<double>(ingest->journal_bytes());
    buffered_bytes += static_cast<double>(ingest->buffered_bytes());
    generations.push_back(ingest->Seal());
  }
  buffer::kJournalBytes.With().Set(journal_bytes);
  buffer::kBufferedBytes.With().Set(buffered_bytes);
  kOldestUncommitted.With().Set(
      oldest == 0 ? 0 : static_cast<double>(options_.clock.UnixNano() - oldest) * 1e-9);
  std::vector<uint64_t> sequences;
  int64_t rows = 0;
  for (const auto& generation : generations) {
    sequences.push_back(generation->last_sequence());
    rows += generation->num_rows();
  }
  if (rows == 0) return;
  const auto started = options_.clock.Monotonic();
  const Status committed = Commit(generations);
  if (!committed.ok()) {
    has_given_up_ = true;
    log::Error("rows stay in the journal for the next start",
               {{"rows", rows}, {"error", committed.message()}});
    return;
  }
  for (size_t i = 0; i < ingests_.size(); ++i) {
    if (sequences[i] > 0) ingests_[i]->Release(sequences[i]);
  }
  const std::chrono::duration<double> took = options_.clock.Monotonic() - started;
  kCommitLatency.With().Observe(took.count());
  log::Debug("committed", {{"rows", rows}, {"elapsed_ms", took.count() * 1000}});
}

TableCommit Committer::NewCommit() {
  pause_ = options_.retry_pause;
  tries_while_stopping_ = 0;
  return TableCommit({options_.store, options_.catalog, options_.clock, heads_},
                     [this](std::string_view step, const Status& failure) {
                       return PauseBeforeRetry(step, failure);
                     });
}

Status Committer::Commit(std::vector<std::unique_ptr<buffer::Generation>>& generations) {
  TableCommit commit = NewCommit();
  std::vector<Status> added(generations.size());
  const auto add = [&](size_t writer) {
    added[writer] = commit.Add(*generations[writer]);
    generations[writer].reset();
    ingests_[writer]->FreeSealed();
  };
  // Encoding is most of a commit: one thread for all would hold up the ingests, which have one
  // each.
  std::vector<std::thread> others;
  for (size_t writer = 1; writer < generations.size(); ++writer) {
    if (!options_.encodes_in_parallel) {
      add(writer);
      continue;
    }
    others.emplace_back([&add, writer] {
      NameThread("commit");
      RunInBatches();
      add(writer);
    });
  }
  add(0);
  for (std::thread& other : others) other.join();
  for (Status& status : added) TRY(std::move(status));
  return commit.Finish();
}

bool Committer::PauseBeforeRetry(std::string_view step, const Status& failure) {
  if (options_.on_retry) options_.on_retry();
  std::unique_lock lock(mutex_);
  log::Warn("commit step failed, trying again",
            {{"step", step}, {"error", failure.message()}, {"pause_ms", pause_.count()}});
  if (pause_.count() > 0) changed_.wait_for(lock, pause_, [&] { return is_stopping_; });
  pause_ = std::min(2 * pause_, kRetryPauseMax);
  return !is_stopping_ || ++tries_while_stopping_ <= kTriesWhileStopping;
}

void Committer::RecoverOne(const buffer::LeftJournal& journal) {
  fault::Point("journal.replay.before");
  const Status replayed = Replay(journal);
  fault::Point("journal.replay.after");
  if (!replayed.ok()) {
    log::Error("journal of an earlier run stays for the next start",
               {{"journal", journal.directory}, {"error", replayed.message()}});
    return;
  }
  fault::Point("journal.remove.before");
  const Status removed = buffer::RemoveJournal(journal);
  fault::Point("journal.remove.after");
  if (!removed.ok()) log::Warn("journal not removed", {{"error", removed.message()}});
}

Status Committer::Replay(const buffer::LeftJournal& journal) {
  const uint64_t committed = TRY(options_.catalog.CommittedSequence(journal.writer));
  const auto new_generation = [&] {
    return std::make_unique<buffer::Generation>(journal.writer, options_.new_columns);
  };
  auto generation = new_generation();
  int64_t requests = 0, rows = 0;
  int not_copied = 0;
  uint64_t last_sequence = committed;
  std::vector<buffer::TakenRequest> taken;
  const auto on_frame = [&](buffer::Frame frame) -> Status {
    // A frame stands twice where its first segment could not be cut back after a failed sync; where
    // its sender was refused then and sent it again, the second has a number of its own.
    if (!frame.refused) {
      if (replayed_.Is(frame.taken)) return Status::OK();
      taken.push_back(frame.taken);
    }
    if (frame.sequence <= last_sequence) return Status::OK();
    last_sequence = frame.sequence;
    if (frame.refused) {
      generation->AddRefused(frame.request, frame.sequence, frame.refused->detail,
                             frame.refused->is_cut);
      return CommitIfLarge(generation);
    }
    const auto appended = generation->Append(frame.request, frame.sequence);
    if (!appended.ok()) {
      // It was decoded before it was journalled, so this is a bug or another version's limit.
      const Status aside = buffer::SetAside(journal, frame, appended.status().message(),
                                            options_.quarantine_directory);
      if (!aside.ok()) ++not_copied;
      taken.pop_back();
      return Status::OK();
    }
    ++requests;
    rows += appended->outcome.accepted;
    buffer::kJournalReplayedRequests.With().Add();
    return CommitIfLarge(generation);
  };
  const int damage = TRY(ReadJournal(journal, options_.quarantine_directory, on_frame));
  TRY(CommitReplayed(generation));
  NoteTaken(journal, taken);
  if (requests > 0) {
    log::Info("replayed journal",
              {{"writer", journal.writer}, {"requests", requests}, {"rows", rows}});
  }
  if (not_copied + damage > 0) {
    return Error(ErrorKind::kRetryLater,
                 "damage could not be copied to " + options_.quarantine_directory);
  }
  return Status::OK();
}

void Committer::NoteTaken(const buffer::LeftJournal& journal,
                          const std::vector<buffer::TakenRequest>& taken) const {
  if (options_.taken_for.count() == 0 || taken.empty()) return;
  const std::string path = buffer::TakenPath(options_.taken_directory, journal.writer, 0);
  const Status noted = buffer::WriteTaken(*journal.disk, path, taken);
  if (!noted.ok()) {
    log::Warn("requests that were replayed are not noted: sent again after a restart, they are new",
              {{"requests", taken.size()}, {"error", noted.message()}});
  }
}

Status Committer::CommitIfLarge(std::unique_ptr<buffer::Generation>& generation) {
  generation->Mark();
  if (generation->byte_size() < options_.replay_flush_bytes) return Status::OK();
  return CommitReplayed(generation);
}

Status Committer::CommitReplayed(std::unique_ptr<buffer::Generation>& generation) {
  if (generation->num_rows() == 0) return Status::OK();
  TableCommit commit = NewCommit();
  TRY(commit.Add(*generation));
  TRY(commit.Finish());
  generation = std::make_unique<buffer::Generation>(generation->writer(), options_.new_columns);
  return Status::OK();
}

}  // namespace weir::commit
