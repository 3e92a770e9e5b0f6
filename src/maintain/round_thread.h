// SPDX-License-Identifier: Apache-2.0
#pragma once
// A thread that does something again and again until it is stopped.

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace weir::maintain {

/// Start and Stop from one thread. No request and no commit waits for what it does.
class RoundThread {
 public:
  enum class Priority : uint8_t { kBatch, kLowest };

  RoundThread() = default;
  ~RoundThread() { Stop(); }
  RoundThread(const RoundThread&) = delete;

  /// Calls `round`, which says how long to pause after it. Not called: there is no thread, and
  /// IsStopping is false until Stop.
  void Start(const std::string& name, Priority priority,
             std::function<std::chrono::milliseconds()> round);
  /// Lets the round under way end, and joins.
  void Stop();
  /// For long rounds to ask. Any thread.
  bool IsStopping();

 private:
  std::mutex mutex_;  // Of is_stopping_; a plain mutex because the condition waits on it.
  std::condition_variable stopping_;
  bool is_stopping_ = false;
  std::thread thread_;
};

}  // namespace weir::maintain
