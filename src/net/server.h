// SPDX-License-Identifier: Apache-2.0
#pragma once
// One listener stack: every port speaks HTTP/1.1, HTTP/2 (prior knowledge) and gRPC, told apart by
// the first bytes.

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"
#include "net/http.h"

namespace weir::net {

/// Bounds on what one client can cost. Every one that is hit counts in
/// `weir_limits_hit_total{reason}`.
struct Limits {
  size_t head_bytes_max = 32 << 10;  // Request line and all headers.
  size_t connections_max = 8192;     // Over all ports and workers.
  size_t streams_max = 128;          // HTTP/2 streams open at once on a connection.
  std::chrono::milliseconds head_timeout{
      10'000};  // From the first byte (or accept) to the end of the head.
  std::chrono::milliseconds idle_timeout{120'000};  // Between requests on a connection.
  // A body may take this long plus one second for each `body_bytes_per_second_min` bytes of it.
  std::chrono::milliseconds body_timeout{15'000};
  size_t body_bytes_per_second_min = 16 << 10;
  size_t body_memory_bytes_max = 64 << 20;          // Of all bodies a worker is reading.
  std::chrono::milliseconds write_timeout{30'000};  // A client that does not read its answer.
};

/// The way back to the client of one request. Any thread; Send at most once.
/// Dropped without Send, the client gets the handler's answer to kUnanswered.
class Responder {
 public:
  class Channel {
   public:
    virtual ~Channel() = default;
    virtual void Send(Response response) = 0;
  };

  explicit Responder(std::unique_ptr<Channel> channel) : channel_(std::move(channel)) {}
  Responder(Responder&&) = default;
  Responder& operator=(Responder&&) = default;

  void Send(Response response) && { std::exchange(channel_, nullptr)->Send(std::move(response)); }

 private:
  std::unique_ptr<Channel> channel_;  // Its destructor answers kUnanswered if Send was not called.
};

/// Take a body of at most that many bytes, or send this answer without reading the body.
struct TakeBody {
  size_t bytes_max = 0;
};
using Admission = std::variant<TakeBody, Response>;

/// Answers requests. Each worker thread has its own; all calls come from that thread and must not
/// block.
class Handler {
 public:
  virtual ~Handler() = default;
  /// Called once the head is complete, before any of the body is kept.
  virtual Admission Admit(const RequestHead& head) = 0;
  virtual void Handle(Request request, Responder responder) = 0;
  /// Words an answer for what the server refuses by itself. `head` is what was read of it, perhaps
  /// empty.
  virtual Response Refuse(const RequestHead& head, RefusalReason reason) = 0;
};

/// Any thread.
class Server {
 public:
  struct Options {
    std::vector<std::string> endpoints;  // `host:port`; port 0 takes a free one.
    int workers = 1;  // Threads, each with its own event loop and SO_REUSEPORT sockets.
    Limits limits;
    std::function<std::unique_ptr<Handler>(int worker)> make_handler;
  };

  /// Binds and serves. Errors: kBadRequest on an endpoint that can't be parsed or bound, with the
  /// reason and the address.
  static Result<std::unique_ptr<Server>> Open(Options options);
  virtual ~Server() = default;

  /// The bound addresses, `ip:port`, in the order of the options' endpoints.
  virtual std::vector<std::string> endpoints() const = 0;

  /// Takes no new connection or request, lets those under way finish for at most `drain`, then
  /// closes all and joins.
  virtual void Stop(std::chrono::milliseconds drain) = 0;
};

}  // namespace weir::net
