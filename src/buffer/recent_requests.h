// SPDX-License-Identifier: Apache-2.0
#pragma once
// Requests taken lately, so that one that is sent again because its answer was lost does not become
// rows twice.

#include <boost/unordered/unordered_flat_map.hpp>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "buffer/request_key.h"
#include "signal/sink.h"

namespace weir::buffer {

/// Any thread. Of the senders of equal requests the first goes on; the others hear what became of
/// it. A request that was taken is known for the window at least and twice the window at most, or
/// for less where more than requests_max come in that time.
class RecentRequests {
 public:
  struct Options {
    const Clock& clock;
    std::chrono::seconds window{300};  // receivers.otlp.retry_window_s; 0 knows no request.
    size_t requests_max = 400'000;     // At most 60 bytes each.
  };
  explicit RecentRequests(const Options& options);

  /// True where the request is new to us: the caller goes on, and says in the end what became of
  /// it. False where it is known: `done` is called with the same outcome, now or as soon as there
  /// is one.
  bool Begin(const RequestKey& key, signal::Sink::Done& done);
  /// Its rows are durable.
  void Take(const RequestKey& key, const signal::ExportOutcome& outcome);
  /// Nothing is kept of it: who waits for it hears `status`, the next to send it goes on.
  void Refuse(const RequestKey& key, const Status& status);
  /// An earlier run took it.
  void Restore(const TakenRequest& taken);

  size_t size() const;

 private:
  bool is_on() const { return options_.window.count() > 0; }
  struct Counts {
    uint32_t accepted = 0, rejected = 0;
  };
  // In one block: hundreds of thousands of nodes would lie for minutes between what comes and goes.
  using Taken = boost::unordered_flat_map<RequestKey, Counts, RequestKeyHash>;

  void AddLocked(const RequestKey& key, Counts counts);
  const Counts* FindLocked(const RequestKey& key) const;

  const Options options_;
  mutable std::mutex mutex_;
  // Those on their way, each with those who sent it again meanwhile.
  std::unordered_map<RequestKey, std::vector<signal::Sink::Done>, RequestKeyHash> begun_;
  // What was taken since young_since_, and what was taken before that: forgotten when `young_` is
  // old enough to take its place.
  Taken young_, old_;
  std::chrono::nanoseconds young_since_{0};
};

}  // namespace weir::buffer
