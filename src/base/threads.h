// SPDX-License-Identifier: Apache-2.0
#pragma once
// What this process may know of its threads and cores.

#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <string>

namespace weir {

/// Names the calling thread for profilers and debuggers; Linux keeps 15 bytes.
inline void NameThread(const std::string& name) {
  pthread_setname_np(pthread_self(), name.substr(0, 15).c_str());
}

/// Keeps the calling thread from taking a core away from another in mid-slice when it wakes up
/// (Linux' SCHED_BATCH). It waits at most a time slice, and not at all for a free core. False where
/// the system refuses: only speed depends on it.
inline bool RunInBatches() {
  const sched_param none{};
  return pthread_setschedparam(pthread_self(), SCHED_BATCH, &none) == 0;
}

/// Leaves the calling thread a sixtieth of a core that another thread wants too, and all of a free
/// one. False where the system refuses: only speed depends on it.
inline bool RunWithLowPriority() {
  constexpr int kNice = 19;
  return setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kNice) == 0;
}

/// Cores that this process may run on: fewer than the machine has where it was pinned. At least 1.
inline int UsableCores() {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  if (sched_getaffinity(0, sizeof cores, &cores) != 0) return 1;
  return CPU_COUNT(&cores) > 0 ? CPU_COUNT(&cores) : 1;
}

}  // namespace weir
