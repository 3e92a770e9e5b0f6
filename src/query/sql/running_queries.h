// SPDX-License-Identifier: Apache-2.0
#pragma once
// The queries that run, so that one can be ended: by its id, or because its time is over.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/result.h"
#include "query/sql/engine.h"

namespace weir::query::sql {

enum class EndedBy : uint8_t { kItself, kCancel, kTime };

/// Any thread. One thread of its own looks at deadlines.
class RunningQueries {
 public:
  using Clock = std::chrono::steady_clock;
  /// What is said of one query; it is in the list while this lives. One thread.
  class Place {
   public:
    Place(RunningQueries& queries, std::string id) : queries_(queries), id_(std::move(id)) {}
    ~Place() { queries_.Remove(id_); }
    Place(const Place&) = delete;
    const std::string& id() const { return id_; }
    EndedBy ended_by() const { return queries_.HowEnded(id_); }

   private:
    RunningQueries& queries_;
    const std::string id_;
  };

  RunningQueries();
  ~RunningQueries();
  RunningQueries(const RunningQueries&) = delete;

  /// `interrupt` is called at most a few times, from any thread, under the lock, while the Place
  /// lives. Errors: kConflict when a query of that id runs.
  Result<std::unique_ptr<Place>> Add(const Request& request, Clock::time_point deadline,
                                     std::function<void()> interrupt);
  /// Errors: kNotFound.
  Status Cancel(std::string_view id);
  /// Errors of Add from now on: kRetryLater.
  void EndAll();
  std::vector<RunningQuery> List();

 private:
  struct Query {
    std::string text;
    Clock::time_point started, deadline;
    std::function<void()> interrupt;
    EndedBy ended_by = EndedBy::kItself;
  };
  void Remove(const std::string& id);
  EndedBy HowEnded(const std::string& id);
  void Watch();

  std::mutex mutex_;  // Guards the three below; a plain mutex because the condition waits on it.
  std::map<std::string, Query, std::less<>> queries_;
  bool is_ending_ = false;
  bool is_closed_ = false;
  std::condition_variable changed_;
  std::jthread watch_;  // Last: joined before what it uses goes.
};

}  // namespace weir::query::sql
