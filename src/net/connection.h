// SPDX-License-Identifier: Apache-2.0
#pragma once
// One client's socket: tells the protocol by the first bytes, moves bytes between socket and
// session.

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "net/mailbox.h"
#include "net/session.h"

namespace weir::net {

using Tcp = boost::asio::ip::tcp;

/// What a worker lends its connections; outlives them.
struct ConnectionHome {
  Handler& handler;
  const Limits& limits;
  const Clock& clock;
  BodyBudget& bodies;
  std::shared_ptr<Mailbox> mailbox;          // Shared with Responders.
  std::vector<char>& scratch;                // Read into by one connection at a time, never kept.
  std::function<void(uint64_t id)> on_gone;  // Called once, last.
};

/// One thread. Shared by its worker and by the socket operations that have not completed.
class Connection final : public std::enable_shared_from_this<Connection> {
 public:
  Connection(ConnectionHome& home, uint64_t id, Tcp::socket socket);

  void Start();
  /// Instead of Start: answers, as HTTP/1.1, that this client can't stay.
  void StartRefused(RefusalReason reason);
  /// Gives an answer to the session; what is to be sent goes out with the next Advance, so that the
  /// answers that came together leave in one write.
  void Answer(Mail mail);
  /// Does whatever can be done now: write, end, or wait for more.
  void Advance();
  void Tick();
  void Drain();
  /// Without a word, now.
  void Close();

 private:
  SessionSetup Setup();
  void Detect(std::string_view bytes);
  void WaitToRead();
  void Read();
  bool ReadOnce();
  bool DropOnce(size_t bytes_max);
  void Write();
  bool WriteOnce();
  void WaitToWrite();
  bool has_output() const { return first_out_ < out_.size(); }
  void Linger();
  bool DiscardOnce();
  void TickWrite();

  ConnectionHome& home_;
  const uint64_t id_;
  Tcp::socket socket_;
  std::string peer_;
  std::chrono::nanoseconds since_;  // Accepted; or lingering since.
  std::string first_bytes_;         // Until the protocol is known.
  std::unique_ptr<Session> session_;
  std::vector<std::string>
      out_;  // Being written: from `first_out_`, its first `out_offset_` bytes done.
  size_t first_out_ = 0, out_offset_ = 0;
  std::chrono::nanoseconds writing_since_{0};
  uint64_t written_ = 0;  // Since then.
  size_t lingered_bytes_ = 0;
  bool waits_to_read_ = false, waits_to_write_ = false, is_lingering_ = false, is_closed_ = false;
};

}  // namespace weir::net
