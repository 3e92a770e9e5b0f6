// SPDX-License-Identifier: Apache-2.0
#include "net/worker.h"

#include <boost/asio/post.hpp>
#include <utility>

#include "base/log.h"
#include "base/threads.h"
#include "net/metrics.h"

namespace weir::net {
namespace {

constexpr size_t kScratchBytes = 256 << 10;
/// How late a time limit may strike, for each so many connections: a look at thousands in one go
/// would keep everybody's requests waiting.
constexpr std::chrono::milliseconds kTickEvery{50};
constexpr size_t kSweptMax = 256;
/// Connections over the limit that are told so; more are closed without a word.
constexpr size_t kRefusedConnectionsMax = 256;

}  // namespace

Worker::Worker(const Limits& limits, std::unique_ptr<Handler> handler,
               std::atomic<size_t>& connections)
    : limits_(limits),
      handler_(std::move(handler)),
      connections_open_(connections),
      bodies_(limits.body_memory_bytes_max, clock_),
      scratch_(kScratchBytes),
      mailbox_(
          std::make_shared<Mailbox>([this] { boost::asio::post(loop_, [this] { Deliver(); }); })),
      home_{.handler = *handler_,
            .limits = limits_,
            .clock = clock_,
            .bodies = bodies_,
            .mailbox = mailbox_,
            .scratch = scratch_,
            .on_gone = [this](uint64_t id) { Forget(id); }} {}

Worker::~Worker() {
  // Only a server that failed to open has a worker that never ran.
  mailbox_->Close();
}

void Worker::Listen(Tcp::acceptor acceptor) { acceptors_.push_back(std::move(acceptor)); }

void Worker::Start() {
  for (size_t i = 0; i < acceptors_.size(); ++i) Accept(i);
  thread_ = std::thread([this] {
    NameThread("net");
    // Woken for every packet, it would otherwise stop its ingest thread for every single request,
    // and answer each in a write of its own.
    RunInBatches();
    loop_.run();
  });
}

void Worker::Join() {
  if (thread_.joinable()) thread_.join();
  mailbox_->Close();
}

void Worker::Accept(size_t acceptor) {
  acceptors_[acceptor].async_accept([this, acceptor](const ErrorCode& error, Tcp::socket socket) {
    if (is_draining_) return;
    if (error) return AcceptLater(acceptor, error);
    Welcome(std::move(socket));
    Accept(acceptor);
  });
}

/// Without free descriptors or memory, accepting again at once would only spin.
void Worker::AcceptLater(size_t acceptor, const ErrorCode& error) {
  if (error == boost::asio::error::no_descriptors) CountLimitHit(LimitHit::kFileDescriptors);
  auto timer = std::make_shared<boost::asio::steady_timer>(loop_, kTickEvery);
  timer->async_wait([this, acceptor, timer](const ErrorCode&) {
    if (!is_draining_) Accept(acceptor);
  });
}

void Worker::Welcome(Tcp::socket socket) {
  const size_t open = connections_open_.fetch_add(1) + 1;
  SetConnectionsOpen(open);
  const uint64_t id = ++next_id_;
  const auto connection = std::make_shared<Connection>(home_, id, std::move(socket));
  connections_[id] = connection;
  ScheduleTick();
  if (open <= limits_.connections_max) return connection->Start();
  CountLimitHit(LimitHit::kConnections);
  if (open > limits_.connections_max + kRefusedConnectionsMax) return connection->Close();
  connection->StartRefused(RefusalReason::kTooManyConnections);
}

void Worker::Forget(uint64_t id) {
  connections_.erase(id);
  SetConnectionsOpen(connections_open_.fetch_sub(1) - 1);
  if (is_draining_ && connections_.empty()) loop_.stop();
}

void Worker::Deliver() {
  mailbox_->TakeAll(mails_);
  for (Mail& mail : mails_) {
    const auto found = connections_.find(mail.connection_id);
    if (found == connections_.end()) continue;
    if (answered_.empty() || answered_.back() != found->second) answered_.push_back(found->second);
    found->second->Answer(std::move(mail));
  }
  // Each at least once; again does no harm. Held here: a connection that ends forgets itself.
  for (const auto& connection : answered_) connection->Advance();
  answered_.clear();
  mails_.clear();
}

std::vector<std::shared_ptr<Connection>> Worker::Snapshot() const {
  std::vector<std::shared_ptr<Connection>> connections;
  connections.reserve(connections_.size());
  for (const auto& [id, connection] : connections_) connections.push_back(connection);
  return connections;
}

void Worker::ScheduleTick() {
  if (std::exchange(is_tick_scheduled_, true)) return;
  tick_.expires_after(kTickEvery);
  tick_.async_wait([this](const ErrorCode& error) {
    is_tick_scheduled_ = false;
    if (!error) Tick();
  });
}

void Worker::Tick() {
  if (is_draining_ && clock_.Monotonic() >= drain_end_) {
    for (const auto& connection : Snapshot()) connection->Close();
  } else {
    Sweep();
  }
  if (!connections_.empty()) ScheduleTick();
}

/// The next few connections, until all had their turn; then it begins anew.
void Worker::Sweep() {
  if (unswept_.empty()) {
    for (const auto& [id, connection] : connections_) unswept_.push_back(id);
  }
  for (size_t swept = 0; swept < kSweptMax && !unswept_.empty(); ++swept) {
    const auto found = connections_.find(unswept_.back());
    unswept_.pop_back();
    if (found == connections_.end()) continue;
    const auto connection = found->second;  // Held: one that ends forgets itself.
    connection->Tick();
  }
}

void Worker::Drain(std::chrono::milliseconds drain) {
  boost::asio::post(loop_, [this, drain] { DrainHere(drain); });
}

void Worker::DrainHere(std::chrono::milliseconds drain) {
  is_draining_ = true;
  drain_end_ = clock_.Monotonic() + drain;
  for (Tcp::acceptor& acceptor : acceptors_) {
    ErrorCode ignored;  // The descriptor is gone either way.
    acceptor.close(ignored);
  }
  for (const auto& connection : Snapshot()) connection->Drain();
  if (connections_.empty()) loop_.stop();
}

}  // namespace weir::net
