// SPDX-License-Identifier: Apache-2.0
#include "buffer/recent_requests.h"

#include <utility>

#include "buffer/metrics.h"

namespace weir::buffer {
namespace {

signal::ExportOutcome AnswerAgain(uint32_t accepted, uint32_t rejected) {
  return {.accepted = accepted,
          .rejected = rejected,
          .reason = rejected == 0 ? "" : "the request was taken before; see its first answer"};
}

}  // namespace

RecentRequests::RecentRequests(const Options& options)
    : options_(options), young_since_(options.clock.Monotonic()) {}

bool RecentRequests::Begin(const RequestKey& key, signal::Sink::Done& done) {
  if (!is_on()) return true;
  Counts known;
  {
    const std::lock_guard lock(mutex_);
    const Counts* taken = FindLocked(key);
    if (taken == nullptr) {
      const auto [begun, is_new] = begun_.try_emplace(key);
      if (is_new) return true;
      begun->second.push_back(std::move(done));
      kRequestsRecognised.With().Add();
      return false;
    }
    known = *taken;
  }
  kRequestsRecognised.With().Add();
  done(AnswerAgain(known.accepted, known.rejected));
  return false;
}

void RecentRequests::Take(const RequestKey& key, const signal::ExportOutcome& outcome) {
  if (!is_on()) return;
  std::vector<signal::Sink::Done> waiting;
  {
    const std::lock_guard lock(mutex_);
    if (auto begun = begun_.extract(key)) waiting = std::move(begun.mapped());
    AddLocked(key,
              {static_cast<uint32_t>(outcome.accepted), static_cast<uint32_t>(outcome.rejected)});
  }
  for (const signal::Sink::Done& done : waiting) done(outcome);
}

void RecentRequests::Refuse(const RequestKey& key, const Status& status) {
  if (!is_on()) return;
  std::vector<signal::Sink::Done> waiting;
  {
    const std::lock_guard lock(mutex_);
    if (auto begun = begun_.extract(key)) waiting = std::move(begun.mapped());
  }
  for (const signal::Sink::Done& done : waiting) done(status);
}

void RecentRequests::Restore(const TakenRequest& taken) {
  if (!is_on()) return;
  const std::lock_guard lock(mutex_);
  AddLocked(taken.key, {taken.accepted, taken.rejected});
}

void RecentRequests::AddLocked(const RequestKey& key, Counts counts) {
  const auto now = options_.clock.Monotonic();
  if (now - young_since_ >= options_.window || young_.size() >= options_.requests_max / 2) {
    kRetryWindow.With().Set(std::chrono::duration<double>(now - young_since_).count());
    old_ = std::exchange(young_, {});
    young_since_ = now;
  }
  young_[key] = counts;
}

const RecentRequests::Counts* RecentRequests::FindLocked(const RequestKey& key) const {
  for (const Taken* taken : {&young_, &old_}) {
    const auto found = taken->find(key);
    if (found != taken->end()) return &found->second;
  }
  return nullptr;
}

size_t RecentRequests::size() const {
  const std::lock_guard lock(mutex_);
  return young_.size() + old_.size();
}

}  // namespace weir::buffer
