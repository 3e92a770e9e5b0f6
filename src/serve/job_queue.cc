// SPDX-License-Identifier: Apache-2.0
#include "serve/job_queue.h"

#include <utility>

#include "base/threads.h"

namespace weir::serve {

JobQueue::JobQueue(int threads, size_t jobs_max) : jobs_max_(jobs_max) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { Work(); });
}

JobQueue::~JobQueue() {
  {
    std::lock_guard lock(mutex_);
    is_closed_ = true;
  }
  has_work_.notify_all();
  threads_.clear();
}

bool JobQueue::Offer(Job job) {
  {
    std::lock_guard lock(mutex_);
    if (is_closed_ || jobs_.size() >= jobs_max_) return false;
    jobs_.push_back(std::move(job));
  }
  has_work_.notify_one();
  return true;
}

void JobQueue::Work() {
  RunInBatches();  // What takes long lets those who answer exporters go first.
  while (true) {
    Job job;
    {
      std::unique_lock lock(mutex_);
      has_work_.wait(lock, [this] { return is_closed_ || !jobs_.empty(); });
      if (is_closed_) return;
      job = std::move(jobs_.front());
      jobs_.pop_front();
    }
    job();
  }
}

}  // namespace weir::serve
