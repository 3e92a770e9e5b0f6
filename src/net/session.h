// SPDX-License-Identifier: Apache-2.0
#pragma once
// One protocol's side of one connection, without the socket: bytes in, bytes out.

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "net/body_budget.h"
#include "net/server.h"

namespace weir::net {

/// What a session is given; all borrowed things outlive it.
struct SessionSetup {
  Handler& handler;
  const Limits& limits;
  const Clock& clock;
  BodyBudget& bodies;
  std::string peer;  // `ip:port` of the client.
  /// Makes the way back for a request; what is sent there arrives at Session::Answer, later.
  std::function<Responder(int32_t request_id)> respond;
};

/// Where a session wants its next bytes: in `room` (then call Filled), or passed to Receive, at
/// most `bytes_max` of them. Both empty: it wants none now. Bytes that it would only drop need not
/// be read: Filled with their number does, too.
struct ReadWish {
  std::span<char> room;
  size_t bytes_max = 0;
  bool is_dropped = false;
};

/// What is to become of the connection once the output is written.
enum class Ending : uint8_t {
  kOpen,
  kLinger,  // Close so that the client still sees the answer: stop sending, read on for a while,
            // close.
  kClose,   // Close: nothing that the client sent is unread, or it has had its time.
};

/// One thread. Never calls its owner: after each call, the owner looks at TakeOutput and ending.
class Session {
 public:
  virtual ~Session() = default;
  virtual ReadWish Wish() = 0;
  virtual void Receive(std::string_view bytes) = 0;
  /// That many bytes were read into the last wish's `room`, or dropped as it wished.
  virtual void Filled(size_t bytes) = 0;
  /// The response to a request, or nothing when its Responder was dropped. Requests that are gone
  /// are ignored.
  virtual void Answer(int32_t request_id, std::optional<Response> response) = 0;
  /// Moves out what to send now; to be called again when that is written.
  virtual void TakeOutput(std::vector<std::string>& out) = 0;
  /// Enforces the time limits; called several times a second.
  virtual void Tick() = 0;
  /// Takes no further request, ends when those under way are answered.
  virtual void Drain() = 0;
  virtual Ending ending() const = 0;
};

/// When a transfer that began at `since` must be over: `timeout`, and a second for each
/// `bytes_per_second_min` done.
inline std::chrono::nanoseconds TransferDeadline(std::chrono::nanoseconds since,
                                                 std::chrono::milliseconds timeout, uint64_t bytes,
                                                 const Limits& limits) {
  return since + timeout +
         std::chrono::milliseconds(bytes * 1000 / limits.body_bytes_per_second_min);
}

/// While others find no room, a large body may take a second, and one more for each so many bytes.
constexpr std::chrono::milliseconds kHurriedBodyTime{1'000};
constexpr uint64_t kHurriedBodyBytesPerSecond = 1 << 20;

/// Why a body that began at `since`, and has `bytes` by `now`, is waited for no longer; nothing
/// while it is.
inline std::optional<RefusalReason> WhyBodyIsLate(std::chrono::nanoseconds now,
                                                  std::chrono::nanoseconds since, uint64_t bytes,
                                                  const BodyShare& share, const Limits& limits) {
  if (now >= TransferDeadline(since, limits.body_timeout, bytes, limits)) {
    return RefusalReason::kBodyTooSlow;
  }
  const std::chrono::milliseconds moving(bytes * 1000 / kHurriedBodyBytesPerSecond);
  if (share.MustHurry() && now >= since + kHurriedBodyTime + moving) {
    return RefusalReason::kNoBodyMemory;
  }
  return std::nullopt;
}

/// What Refuse(kUnanswered) will need of a head that is given away: all but most headers.
inline RequestHead AnswerableHead(const RequestHead& head) {
  RequestHead copy{.protocol = head.protocol,
                   .method = head.method,
                   .path = head.path,
                   .query = head.query,
                   .peer = head.peer,
                   .content_length = head.content_length};
  for (const Header& header : head.headers) {
    if (header.name == "content-type" || header.name == "accept") copy.headers.push_back(header);
  }
  return copy;
}

}  // namespace weir::net
