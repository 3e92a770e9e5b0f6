// SPDX-License-Identifier: Apache-2.0
#pragma once
// The way of responses from any thread back to the worker that owns the connection.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/guarded.h"
#include "net/server.h"

namespace weir::net {

/// One response on its way; without `response`, the Responder was dropped.
struct Mail {
  uint64_t connection_id = 0;
  int32_t request_id = 0;
  std::optional<Response> response;
};

/// Any thread. Holds at most one mail for each request that a handler has.
/// Shared by a worker and all its Responders, which may outlive it.
class Mailbox {
 public:
  /// `wake` is called, under the lock, when mail comes to an empty box; it must only schedule
  /// TakeAll.
  explicit Mailbox(std::function<void()> wake) : state_(State{.wake = std::move(wake)}) {}

  void Put(Mail mail);
  /// All mail into `mails`, whose former content is thrown away and whose memory is used again.
  void TakeAll(std::vector<Mail>& mails);
  /// From now on mail is thrown away, and `wake` is not called any more.
  void Close();

 private:
  struct State {
    std::function<void()> wake;
    std::vector<Mail> mails;
  };
  Guarded<State> state_;
};

/// A Responder that puts into `mailbox`.
Responder MakeResponder(std::shared_ptr<Mailbox> mailbox, uint64_t connection_id,
                        int32_t request_id);

}  // namespace weir::net
