// SPDX-License-Identifier: Apache-2.0
#pragma once
// Threads for answers that read the catalog or the store, so that network threads never wait for a
// disk.

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace weir::serve {

/// A bounded queue and its threads. Any thread. Its destructor drops jobs that have not begun and
/// joins.
class JobQueue {
 public:
  using Job = std::move_only_function<void()>;

  JobQueue(int threads, size_t jobs_max);
  ~JobQueue();
  JobQueue(const JobQueue&) = delete;

  /// False, and the job dropped, when `jobs_max` jobs wait already.
  bool Offer(Job job);

 private:
  void Work();

  const size_t jobs_max_;
  std::mutex mutex_;  // Guards the two below; a plain mutex because the condition waits on it.
  std::deque<Job> jobs_;
  bool is_closed_ = false;
  std::condition_variable has_work_;
  std::vector<std::jthread> threads_;  // Last: joined before what they use goes.
};

}  // namespace weir::serve
