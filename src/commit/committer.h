// SPDX-License-Identifier: Apache-2.0
#pragma once
// The thread that makes rows visible: about once a second while there is data, and at start for
// what a crash left.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "buffer/ingest.h"
#include "buffer/journal_reader.h"
#include "buffer/sent_again.h"
#include "catalog/catalog.h"
#include "commit/table_commit.h"
#include "store/store.h"

namespace weir::commit {

struct NamedChange {
  catalog::TableName name;
  table::TableChange change;
};

/// Any thread. The one owner of the tables' pointers in this process.
class Committer {
 public:
  struct Options {
    store::Store& store;
    catalog::Catalog& catalog;
    const Clock& clock;
    signal::RowColumnsFactory new_columns;  // For rows that are replayed.
    std::chrono::milliseconds interval{1000};
    std::string quarantine_directory;
    int64_t replay_flush_bytes = 48 << 20;
    std::chrono::milliseconds retry_pause{
        200};  // Doubles up to kRetryPauseMax while a step keeps failing.
    // Where taken requests are noted when their journal goes, and how long one that is sent again
    // is recognised (buffer/taken_file.h). 0: never.
    std::string taken_directory;
    std::chrono::seconds taken_for{0};
    // For simulations: all on one thread, and what happens during a pause.
    bool encodes_in_parallel = true;
    Formats formats = {};
    std::function<void()> on_retry;
  };

  explicit Committer(Options options)
      : options_(std::move(options)),
        heads_(options_.store, options_.catalog, options_.clock, options_.formats) {}
  ~Committer() { Stop(); }

  /// Creates the default tables where they are missing and brings the Delta logs up to date.
  Status Prepare();
  /// Starts the thread: first the journals that earlier runs `left`, then what `ingests` gather.
  void Start(std::vector<buffer::Ingest*> ingests, std::vector<buffer::LeftJournal> left);
  /// Starts no thread: the caller does what it would, by Recover and CommitOnce, on one thread.
  void StartWithoutThread(std::vector<buffer::Ingest*> ingests) { ingests_ = std::move(ingests); }
  /// Brings the journals that earlier runs left into the tables.
  void Recover(const std::vector<buffer::LeftJournal>& left);
  /// Commits what the ingests gathered.
  void CommitOnce();
  /// A commit is wanted before its time.
  void Wake();
  /// Puts other files in the place of some that are live, with the same rows, between two commits;
  /// or alters the table, so that what is encoded from then on has its new shape.
  /// Any thread but the committer's; returns when it is known what became of it. Errors: kNotFound
  /// when `name` is no table of ours; kConflict when nothing happened, since a file is not live any
  /// more, or the table was altered meanwhile; kBadRequest when nothing happened, since the table
  /// can't become that; others when it may have happened.
  Status Rearrange(const catalog::TableName& name, table::TableChange change);
  /// Adds files that are in the store to tables of ours, all in one commit, between two others.
  /// Threads and errors as Rearrange's, but that nothing happened on kBadRequest either.
  Status Append(std::vector<NamedChange> changes);
  /// Commits what is there (the ingests are stopped by then) and joins.
  void Stop();

  /// False until the journals of earlier runs are in the tables.
  bool has_recovered() const { return has_recovered_; }

 private:
  void Run(const std::vector<buffer::LeftJournal>& left);
  void RecoverOne(const buffer::LeftJournal& journal);
  Status Replay(const buffer::LeftJournal& journal);
  void NoteTaken(const buffer::LeftJournal& journal,
                 const std::vector<buffer::TakenRequest>& taken) const;
  Status CommitIfLarge(std::unique_ptr<buffer::Generation>& generation);
  Status CommitReplayed(std::unique_ptr<buffer::Generation>& generation);
  Status Commit(std::vector<std::unique_ptr<buffer::Generation>>& generations);
  struct Rearrangement {
    std::vector<std::pair<buffer::TableKey, table::TableChange>> changes;
    std::promise<Status> done;
  };
  void CommitRearrangements();
  Status CommitRearrangement(Rearrangement& wanted);
  void RefuseRearrangements();
  bool PauseBeforeRetry(std::string_view step, const Status& failure);
  void WaitForWork(std::chrono::nanoseconds last_start);
  TableCommit NewCommit();

  const Options options_;
  TableHeads heads_;
  std::vector<buffer::Ingest*> ingests_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_wanted_ = false;
  bool is_stopping_ = false;
  // Rows of a commit that was given up are in the journal only. Its writers' progress must not pass
  // them, so this process commits nothing more.
  bool has_given_up_ = false;
  std::atomic<bool> has_recovered_{false};
  // Of the commit under way; under mutex_.
  std::chrono::milliseconds pause_{0};
  int tries_while_stopping_ = 0;
  std::vector<Rearrangement> rearrangements_;  // Wanted; under mutex_.
  std::thread thread_;
  buffer::SentAgain replayed_{options_.taken_for};  // What replay met so far, or was noted.
};

}  // namespace weir::commit
