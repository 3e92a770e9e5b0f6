// SPDX-License-Identifier: Apache-2.0
#pragma once
// For tests: a handler that echoes, and a session with a hand-moved clock in place of a socket.

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/session.h"

namespace weir::net {

/// Echoes bodies. `/deny` is answered from the head with 401, `/drop` never, `/later` by the test,
/// `/fail` with an error.
class EchoFake final : public Handler {
 public:
  size_t body_bytes_max = 1 << 20;
  std::vector<RefusalReason> refusals;
  std::vector<Request> requests;  // Bodies moved out.
  std::vector<Responder> later;

  Admission Admit(const RequestHead& head) override {
    if (head.path == "/deny") return Response{.status = 401, .grpc = {16, "denied"}};
    return TakeBody{body_bytes_max};
  }
  void Handle(Request request, Responder responder) override {
    Response response{.headers = {{"content-type", "text/plain"}}};
    response.body = std::move(request.body);
    const std::string path = request.head.path;
    if (path == "/fail") response.grpc = {3, "bad \n value", "details"};
    requests.push_back(std::move(request));
    if (path == "/drop") return;
    if (path == "/later") return later.push_back(std::move(responder));
    std::move(responder).Send(std::move(response));
  }
  Response Refuse(const RequestHead&, RefusalReason reason) override {
    refusals.push_back(reason);
    return {.status = StatusOf(reason), .body = "refused", .grpc = {8, "refused"}};
  }

 private:
  static int StatusOf(RefusalReason reason) {
    switch (reason) {
      case RefusalReason::kBodyTooLarge: return 413;
      case RefusalReason::kBodyTooSlow: return 408;
      case RefusalReason::kMalformed: return 400;
      case RefusalReason::kHeadTooLarge: return 431;
      case RefusalReason::kUnanswered: return 500;
      default: return 503;
    }
  }
};

/// Hands requests' answers over only when the test says so, as the real owner does.
template <typename SessionType>
class SessionFake {
 public:
  explicit SessionFake(Limits client_limits = {}) : limits(client_limits) {}

  /// Gives `bytes` to the session the way a connection does, and answers what was handled.
  void Feed(std::string_view bytes) {
    while (!bytes.empty()) {
      const ReadWish wish = session.Wish();
      const size_t wanted = wish.room.empty() ? wish.bytes_max : wish.room.size();
      const size_t count = std::min(wanted, bytes.size());
      if (count == 0) break;
      if (wish.room.empty()) {
        session.Receive(bytes.substr(0, count));
      } else {
        std::memcpy(wish.room.data(), bytes.data(), count);
        session.Filled(count);
      }
      bytes.remove_prefix(count);
      Deliver();
    }
    unread += bytes;
  }

  /// What the session has sent since the last call.
  std::string Output() {
    std::string text;
    for (std::vector<std::string> out;; out.clear()) {
      Deliver();
      session.TakeOutput(out);
      if (out.empty()) return text;
      for (const std::string& part : out) text += part;
    }
  }

  void Deliver() {
    while (!mails->empty()) {
      for (auto& [id, response] : std::exchange(*mails, {})) {
        session.Answer(id, std::move(response));
      }
    }
  }

  /// Lets time pass and the time limits strike.
  void Wait(std::chrono::milliseconds time) {
    clock.Advance(time);
    session.Tick();
  }

  using Mails = std::vector<std::pair<int32_t, std::optional<Response>>>;

  FakeClock clock{784111777'000'000'000};  // 1994-11-06T08:49:37Z.
  Limits limits;
  BodyBudget bodies{limits.body_memory_bytes_max, clock};
  EchoFake handler;
  std::shared_ptr<Mails> mails = std::make_shared<Mails>();  // Shared with Responders.
  std::string unread;                                        // Fed, but not wanted by the session.
  SessionType session{SessionSetup{.handler = handler,
                                   .limits = limits,
                                   .clock = clock,
                                   .bodies = bodies,
                                   .peer = "127.0.0.1:1",
                                   .respond = [mails = mails](int32_t id) {
                                     return Responder(std::make_unique<Channel>(mails, id));
                                   }}};

 private:
  class Channel final : public Responder::Channel {
   public:
    Channel(std::shared_ptr<Mails> to, int32_t id) : mails_(std::move(to)), id_(id) {}
    ~Channel() override {
      if (mails_ != nullptr) mails_->emplace_back(id_, std::nullopt);
    }
    void Send(Response response) override {
      std::exchange(mails_, nullptr)->emplace_back(id_, std::move(response));
    }

   private:
    std::shared_ptr<Mails> mails_;  // Null once sent.
    int32_t id_;
  };
};

}  // namespace weir::net
