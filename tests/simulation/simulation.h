// SPDX-License-Identifier: Apache-2.0
#pragma once
// One seed: lives of a server, each ended by a crash or a stop, and a check of everything that was
// promised.

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "buffer/ingest.h"
#include "buffer/memory_disk.h"
#include "buffer/recent_requests.h"
#include "commit/committer.h"
#include "simulation/faults.h"
#include "simulation/faulty_store.h"
#include "simulation/memory_catalog.h"
#include "simulation/quarantine.h"
#include "simulation/requests.h"
#include "simulation/tables.h"

namespace weir::simulation {

/// What a seed did.
struct Figures {
  uint64_t operations = 0, faults = 0, crashes = 0, requests = 0, retries = 0, trace_hash = 0;
};

/// A clock that also steps. Now and then backwards, as far as the wall clock goes.
class StepClock final : public Clock {
 public:
  int64_t UnixNano() const override { return unix_nano_; }
  std::chrono::nanoseconds Monotonic() const override { return monotonic_; }
  void Pass(std::chrono::nanoseconds time) {
    unix_nano_ += time.count();
    monotonic_ += time;
  }
  void StepWall(std::chrono::nanoseconds by) { unix_nano_ += by.count(); }

 private:
  int64_t unix_nano_ = 1'795'132'800'000'000'000;  // 2026-11-20T00:00:00Z
  std::chrono::nanoseconds monotonic_{0};
};

/// One thread.
class Simulation {
 public:
  Simulation(uint64_t seed, bool is_printed);

  /// Errors: the promise that was broken.
  Status Run();
  Figures figures() const;

 private:
  void Live();
  Status Boot();
  void Operate();
  void Stop();
  /// After a crash: what the process had in memory is gone, and perhaps what was not synced.
  void Die();
  Status LastLife();

  Status RememberTaken(std::vector<buffer::LeftJournal>& left);
  /// Requests are not sent again where what was noted of them may be lost.
  void NoteForgotten();
  /// Now and then longer than a request is known; then the machine was off.
  void PassTime();

  void Meanwhile();
  /// A new request, or an earlier one once more.
  void Send();
  void SendNew();
  /// False where it is not to be sent again.
  bool SendAgain();
  void Accept(signal::ExportRequest request, size_t index);
  void Step(size_t ingest);
  void Commit();
  void StepClocks();
  void FillDisk();
  void FreeDisk();
  void OnRetry();
  /// Without faults, the server must take requests again.
  void Recuperate();
  Status CheckAfterRecovery();
  Status OpenIngests();
  void Note(const Status& broken);

  const bool is_small_;  // Small formats, as in all but one seed of kSeedsAnIceberg.
  const commit::Formats formats_;
  Random random_;
  Trace trace_;
  Faults faults_;
  StepClock clock_;
  buffer::MemoryDisk disk_;
  MemoryCatalog tables_catalog_;
  FaultyStore store_;
  FaultyCatalog catalog_;
  Requests requests_;
  Tables tables_;
  Quarantine quarantine_;
  Status broken_;  // The first promise that was.

  // Of the process that lives.
  std::unique_ptr<buffer::RecentRequests> recent_;
  std::unique_ptr<commit::Committer> committer_;
  std::vector<std::unique_ptr<buffer::Ingest>> ingests_;
  bool is_stopping_ = false, is_busy_ = false;
  std::vector<size_t> refused_in_step_;
  uint64_t failed_notes_ = 0;
  int retries_ = 0;
  uint64_t operations_ = 0, crashes_ = 0, writers_ = 0, sent_again_ = 0;
};

}  // namespace weir::simulation
