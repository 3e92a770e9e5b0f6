// SPDX-License-Identifier: Apache-2.0
#include "maintain/operations.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace weir::maintain {

using State = Operation::State;

std::string_view NameOf(Verb verb) {
  switch (verb) {
    case Verb::kCompact: return "compact";
    case Verb::kExpire: return "expire";
    case Verb::kGc: return "gc";
    case Verb::kForget: return "forget";
  }
  return "unknown";
}

std::string_view NameOf(State state) {
  switch (state) {
    case State::kWaiting: return "waiting";
    case State::kRunning: return "running";
    case State::kDone: return "done";
    case State::kFailed: return "failed";
  }
  return "unknown";
}

Result<int64_t> Operations::Submit(OperationRequest request) {
  auto kept = kept_.Lock();
  const auto waiting = std::ranges::count(kept->operations, State::kWaiting, &Operation::state);
  if (waiting >= static_cast<int64_t>(kWaitingMax)) {
    return Error(ErrorKind::kRetryLater,
                 fmt::format("{} operations are waiting; try again", waiting));
  }
  const bool is_full = kept->operations.size() == kKeptMax;
  if (is_full && kept->operations.front().state == State::kRunning) {
    // It outlives the others, since End must find it.
    kept->operations.erase(kept->operations.begin() + 1);
  } else if (is_full) {
    kept->operations.pop_front();
  }
  kept->operations.push_back({.id = ++kept->last_id, .request = std::move(request)});
  return kept->last_id;
}

Operation* Operations::FindIn(Kept& kept, int64_t id) {
  const auto found = std::ranges::find(kept.operations, id, &Operation::id);
  return found == kept.operations.end() ? nullptr : &*found;
}

Result<Operation> Operations::Find(int64_t id) const {
  auto kept = kept_.Lock();
  const Operation* const found = FindIn(*kept, id);
  if (found != nullptr) return *found;
  return Error(ErrorKind::kNotFound, fmt::format("no operation has the number {}", id));
}

std::optional<Operation> Operations::Take() {
  auto kept = kept_.Lock();
  const auto next = std::ranges::find(kept->operations, State::kWaiting, &Operation::state);
  if (next == kept->operations.end()) return std::nullopt;
  next->state = State::kRunning;
  return *next;
}

void Operations::AddStep(int64_t id, OperationStep step) {
  auto kept = kept_.Lock();
  Operation* const operation = FindIn(*kept, id);
  if (operation == nullptr) return;
  if (operation->steps.size() < kStepsMax) {
    operation->steps.push_back(std::move(step));
  } else {
    ++operation->steps_beyond;
  }
}

void Operations::End(int64_t id, const Status& outcome) {
  auto kept = kept_.Lock();
  Operation* const operation = FindIn(*kept, id);
  if (operation == nullptr) return;
  operation->state = outcome.ok() ? State::kDone : State::kFailed;
  operation->error = outcome.ok() ? "" : outcome.message();
}

}  // namespace weir::maintain
