// SPDX-License-Identifier: Apache-2.0
#include "maintain/round_thread.h"

#include <utility>

#include "base/threads.h"

namespace weir::maintain {

void RoundThread::Start(const std::string& name, Priority priority,
                        std::function<std::chrono::milliseconds()> round) {
  thread_ = std::thread([this, name, priority, round = std::move(round)] {
    NameThread(name);
    RunInBatches();
    if (priority == Priority::kLowest) RunWithLowPriority();
    std::unique_lock lock(mutex_);
    while (!is_stopping_) {
      lock.unlock();
      const std::chrono::milliseconds pause = round();
      lock.lock();
      stopping_.wait_for(lock, pause, [this] { return is_stopping_; });
    }
  });
}

void RoundThread::Stop() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
    stopping_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

bool RoundThread::IsStopping() {
  const std::lock_guard lock(mutex_);
  return is_stopping_;
}

}  // namespace weir::maintain
