// SPDX-License-Identifier: Apache-2.0
#pragma once
// Of requests that journals hold, those that were sent again: they count once.

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <unordered_map>
#include <utility>

#include "buffer/request_key.h"

namespace weir::buffer {

/// Asked of each request in the order in which a replay meets them. One thread.
class SentAgain {
 public:
  /// `taken_for`: how long one is recognised. 0: never.
  explicit SentAgain(std::chrono::seconds taken_for) : taken_for_(taken_for) {}

  /// It was taken, by a journal that is gone.
  void Note(const TakenRequest& request) { seen_.emplace(request.key, request.received_unix_nano); }
  /// True for all but the first of equal requests that came within the time that one is
  /// recognised.
  bool Is(const TakenRequest& request) {
    if (taken_for_.count() == 0) return false;
    const auto [known, is_new] = seen_.try_emplace(request.key, request.received_unix_nano);
    if (is_new) return false;
    const std::chrono::nanoseconds between(std::abs(
        request.received_unix_nano - std::exchange(known->second, request.received_unix_nano)));
    return between <= taken_for_;
  }
  void Clear() { seen_.clear(); }

 private:
  const std::chrono::seconds taken_for_;
  std::unordered_map<RequestKey, int64_t, RequestKeyHash> seen_;  // By when it was received.
};

}  // namespace weir::buffer
