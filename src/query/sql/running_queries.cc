// SPDX-License-Identifier: Apache-2.0
#include "query/sql/running_queries.h"

#include <fmt/format.h>

#include <algorithm>

namespace weir::query::sql {
namespace {

// DuckDB may not look at an interrupt that comes before it began: it is told again.
constexpr std::chrono::milliseconds kAgain{50};

}  // namespace

RunningQueries::RunningQueries() : watch_([this] { Watch(); }) {}

RunningQueries::~RunningQueries() {
  {
    std::lock_guard lock(mutex_);
    is_closed_ = true;
  }
  changed_.notify_all();
}

Result<std::unique_ptr<RunningQueries::Place>> RunningQueries::Add(
    const Request& request, Clock::time_point deadline, std::function<void()> interrupt) {
  {
    std::lock_guard lock(mutex_);
    if (is_ending_) return Error(ErrorKind::kRetryLater, "the server is shutting down");
    const bool is_new = queries_
                            .try_emplace(request.id, Query{.text = request.text,
                                                           .started = Clock::now(),
                                                           .deadline = deadline,
                                                           .interrupt = std::move(interrupt)})
                            .second;
    if (!is_new) {
      return Error(ErrorKind::kConflict, fmt::format("a query {} runs already", request.id));
    }
  }
  changed_.notify_all();
  return std::make_unique<Place>(*this, request.id);
}

Status RunningQueries::Cancel(std::string_view id) {
  {
    std::lock_guard lock(mutex_);
    const auto found = queries_.find(id);
    if (found == queries_.end()) {
      return Error(ErrorKind::kNotFound, fmt::format("no query {} runs", id));
    }
    if (found->second.ended_by == EndedBy::kItself) found->second.ended_by = EndedBy::kCancel;
    found->second.interrupt();
  }
  changed_.notify_all();
  return Status::OK();
}

void RunningQueries::EndAll() {
  {
    std::lock_guard lock(mutex_);
    is_ending_ = true;
    for (auto& [id, query] : queries_) {
      query.ended_by = EndedBy::kCancel;
      query.interrupt();
    }
  }
  changed_.notify_all();
}

std::vector<RunningQuery> RunningQueries::List() {
  std::lock_guard lock(mutex_);
  std::vector<RunningQuery> running;
  for (const auto& [id, query] : queries_) {
    const auto elapsed = Clock::now() - query.started;
    running.push_back(
        {.id = id,
         .text = query.text,
         .elapsed_ms = std::chrono::duration_cast<std::chrono::milliseconds>(elapsed).count()});
  }
  return running;
}

void RunningQueries::Remove(const std::string& id) {
  std::lock_guard lock(mutex_);
  queries_.erase(id);
}

EndedBy RunningQueries::HowEnded(const std::string& id) {
  std::lock_guard lock(mutex_);
  return queries_.at(id).ended_by;
}

void RunningQueries::Watch() {
  std::unique_lock lock(mutex_);
  while (!is_closed_) {
    const auto now = Clock::now();
    auto next = Clock::time_point::max();
    for (auto& [id, query] : queries_) {
      if (query.ended_by == EndedBy::kItself && now >= query.deadline) {
        query.ended_by = EndedBy::kTime;
      }
      const bool is_ending = query.ended_by != EndedBy::kItself;
      if (is_ending) query.interrupt();
      next = std::min(next, is_ending ? now + kAgain : query.deadline);
    }
    if (next == Clock::time_point::max()) {
      changed_.wait(lock);
    } else {
      changed_.wait_until(lock, next);
    }
  }
}

}  // namespace weir::query::sql
