// SPDX-License-Identifier: Apache-2.0
#include "net/server.h"

#include <algorithm>
#include <atomic>

#include "base/guarded.h"
#include "base/log.h"
#include "net/descriptor_limit.h"
#include "net/listen.h"
#include "net/worker.h"

namespace weir::net {
namespace {

class ThreadedServer final : public Server {
 public:
  explicit ThreadedServer(const Limits& limits) : limits_(limits) {}
  ~ThreadedServer() override { Stop(std::chrono::milliseconds(0)); }

  Status Bind(const Options& options) {
    std::vector<boost::asio::io_context*> loops;
    for (int i = 0; i < std::max(1, options.workers); ++i) {
      workers_.push_back(std::make_unique<Worker>(limits_, options.make_handler(i), connections_));
      loops.push_back(&workers_.back()->loop());
    }
    for (const std::string& text : options.endpoints) {
      const auto endpoint = TRY(ResolveEndpoint(text));
      auto acceptors = TRY(net::Listen(endpoint, loops));
      endpoints_.push_back(EndpointText(acceptors[0].local_endpoint()));
      for (size_t i = 0; i < workers_.size(); ++i) workers_[i]->Listen(std::move(acceptors[i]));
    }
    return Status::OK();
  }

  void Start() {
    for (const auto& worker : workers_) worker->Start();
  }

  std::vector<std::string> endpoints() const override { return endpoints_; }

  void Stop(std::chrono::milliseconds drain) override {
    auto is_stopped = is_stopped_.Lock();
    if (*is_stopped) return;
    for (const auto& worker : workers_) worker->Drain(drain);
    for (const auto& worker : workers_) worker->Join();
    *is_stopped = true;
  }

 private:
  const Limits limits_;
  std::atomic<size_t> connections_{0};
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<std::string> endpoints_;
  Guarded<bool> is_stopped_{false};
};

/// Connections that took all descriptors would leave none for journals and tables.
size_t FittingConnections(size_t connections_max) {
  const size_t fitting = MakeRoomForConnections(connections_max);
  if (fitting < connections_max) {
    log::Warn("fewer connections than limits.connections: the hard limit of open files is too low",
              {{"limits.connections", connections_max}, {"connections", fitting}});
  }
  return fitting;
}

}  // namespace

Result<std::unique_ptr<Server>> Server::Open(Options options) {
  options.limits.connections_max = FittingConnections(options.limits.connections_max);
  auto server = std::make_unique<ThreadedServer>(options.limits);
  TRY(server->Bind(options));
  server->Start();
  return server;
}

}  // namespace weir::net
