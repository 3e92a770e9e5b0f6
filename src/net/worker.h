// SPDX-License-Identifier: Apache-2.0
#pragma once
// One thread of the server: its loop, its listening sockets, its connections, its handler.

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <thread>
#include <unordered_map>
#include <vector>

#include "net/connection.h"

namespace weir::net {

/// Made, Listen and Start on one thread; then everything runs on its own thread until Join.
class Worker {
 public:
  using ErrorCode = boost::system::error_code;

  /// `connections` counts those of all workers; both references are shared by the server's workers
  /// and outlive them.
  Worker(const Limits& limits, std::unique_ptr<Handler> handler, std::atomic<size_t>& connections);
  ~Worker();

  boost::asio::io_context& loop() { return loop_; }
  void Listen(Tcp::acceptor acceptor);
  void Start();
  /// Any thread. See Server::Stop.
  void Drain(std::chrono::milliseconds drain);
  void Join();

 private:
  void Accept(size_t acceptor);
  void AcceptLater(size_t acceptor, const ErrorCode& error);
  void Welcome(Tcp::socket socket);
  void Deliver();
  void Tick();
  void Sweep();
  void ScheduleTick();
  void DrainHere(std::chrono::milliseconds drain);
  void Forget(uint64_t id);
  std::vector<std::shared_ptr<Connection>> Snapshot() const;

  const Limits& limits_;
  const std::unique_ptr<Handler> handler_;
  std::atomic<size_t>& connections_open_;
  const SystemClock clock_;
  BodyBudget bodies_;
  std::vector<char> scratch_;
  boost::asio::io_context loop_{1};
  std::shared_ptr<Mailbox> mailbox_;
  ConnectionHome home_;
  std::vector<Tcp::acceptor> acceptors_;
  boost::asio::steady_timer tick_{loop_};
  std::unordered_map<uint64_t, std::shared_ptr<Connection>> connections_;
  std::vector<uint64_t> unswept_;  // Ids of those whose turn in Sweep is still to come.
  std::vector<Mail> mails_;        // Being delivered.
  std::vector<std::shared_ptr<Connection>> answered_;  // Got mail just now, not advanced yet.
  uint64_t next_id_ = 0;
  bool is_tick_scheduled_ = false;
  bool is_draining_ = false;
  std::chrono::nanoseconds drain_end_{0};
  std::thread thread_;
};

}  // namespace weir::net
