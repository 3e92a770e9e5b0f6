// SPDX-License-Identifier: Apache-2.0
#pragma once
// Named places of the write path where a test build can be killed, made to fail or held up. In
// other builds they are nothing. tests/crash has the names and the runs.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace weir::fault {

#ifdef WEIR_FAULT_POINTS
/// Passes the point `name`: does what the environment asks for at this passage.
///   WEIR_FAULT=name:kill@N,…  SIGKILL to itself at the N-th passage (1 is the first)
///   WEIR_FAULT=name:pause@N   makes the file WEIR_FAULT_GATE.reached, waits for WEIR_FAULT_GATE
///   WEIR_FAULT_LIST=path      the name of each point is added to that file at its first passage
/// Any thread.
void Point(std::string_view name);

/// As Point, where a failure can be returned too: WEIR_FAULT=name:fail@N.
Status MayFail(std::string_view name, ErrorKind kind = ErrorKind::kRetryLater);

/// A size that tests make smaller by an environment variable.
int64_t Number(const char* variable, int64_t usual);
#else
inline void Point(std::string_view) {}
inline Status MayFail(std::string_view, ErrorKind = ErrorKind::kRetryLater) { return Status::OK(); }
inline int64_t Number(const char*, int64_t usual) { return usual; }
#endif

enum class Action : uint8_t { kKill, kFail, kPause };

struct Fault {
  std::string point;
  Action action = Action::kKill;
  int64_t passage = 1;
  bool operator==(const Fault&) const = default;
};

/// Reads `name:action@N,…`. Errors: kBadRequest.
Result<std::vector<Fault>> ParseFaults(std::string_view text);

}  // namespace weir::fault
