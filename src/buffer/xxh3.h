// SPDX-License-Identifier: Apache-2.0
#pragma once
// XXH3 by the widest instructions that this machine has; the library by itself keeps to those that
// every x86-64 has. The hashes are the same.

#if defined(__x86_64__)
#include <xxh_x86dispatch.h>
#else
#include <xxhash.h>
#endif

#include <memory>

namespace weir::buffer {

/// The calling thread's state for hashes of several pieces, to be reset before each.
inline XXH3_state_t* ThreadHashState() {
  struct Free {
    void operator()(XXH3_state_t* state) const { XXH3_freeState(state); }
  };
  thread_local const std::unique_ptr<XXH3_state_t, Free> state(XXH3_createState());
  return state.get();
}

}  // namespace weir::buffer
