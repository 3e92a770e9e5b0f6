// SPDX-License-Identifier: Apache-2.0
#include "net/connection.h"

#include <gtest/gtest.h>
#include <sched.h>

#include <future>

#include "net/echo_fake.h"
#include "net/http2/client_fake.h"

namespace weir::net {
namespace {

/// A connection on a real socket, on the test's thread.
struct ConnectionTest : testing::Test {
  ConnectionTest() {
    Tcp::acceptor acceptor(loop, {boost::asio::ip::address_v4::loopback(), 0});
    peer.connect(acceptor.local_endpoint());
    peer.non_blocking(true);
    connection = std::make_shared<Connection>(home, 1, acceptor.accept());
    connection->Start();
  }
  /// Carries bytes both ways until the server has `requests` of them.
  void ExchangeUntil(size_t requests) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    while (handler.later.size() < requests && std::chrono::steady_clock::now() < deadline) {
      const std::string bytes = client.Output();
      if (!bytes.empty()) peer.send(boost::asio::buffer(bytes));
      loop.poll();
      client.Receive(Arrived());
    }
  }
  std::string Arrived() {
    std::string bytes(65536, '\0');
    boost::system::error_code error;
    bytes.resize(peer.receive(boost::asio::buffer(bytes), 0, error));
    return bytes;
  }

  boost::asio::io_context loop{1};
  Tcp::socket peer{loop};
  EchoFake handler;
  Limits limits;
  SystemClock clock;
  BodyBudget bodies{limits.body_memory_bytes_max, clock};
  std::vector<char> scratch = std::vector<char>(65536);
  ConnectionHome home{.handler = handler,
                      .limits = limits,
                      .clock = clock,
                      .bodies = bodies,
                      .mailbox = std::make_shared<Mailbox>([] {}),
                      .scratch = scratch,
                      .on_gone = [](uint64_t) {}};
  std::shared_ptr<Connection> connection;
  http2::ClientFake client;
};

TEST_F(ConnectionTest, SendsAnswersThatCameTogetherInOneWrite) {
  std::vector<int32_t> ids;
  for (int i = 0; i < 3; ++i) ids.push_back(client.Submit({{":path", "/later"}}, "x"));
  ExchangeUntil(3);
  ASSERT_EQ(handler.later.size(), 3u);
  client.Receive(Arrived());

  for (const int32_t id : ids) connection->Answer({1, id, Response{.body = "done"}});
  EXPECT_EQ(Arrived(), "");
  connection->Advance();

  client.Receive(Arrived());
  for (const int32_t id : ids) EXPECT_EQ(client.answers[id].body, "done");
  connection->Close();
}

/// Says how its thread is scheduled.
class SchedulingEcho final : public Handler {
 public:
  explicit SchedulingEcho(std::promise<int>& policy) : policy_(policy) {}
  Admission Admit(const RequestHead&) override {
    policy_.set_value(sched_getscheduler(0));
    return Response{};
  }
  void Handle(Request, Responder) override {}
  Response Refuse(const RequestHead&, RefusalReason) override { return {}; }

 private:
  std::promise<int>& policy_;
};

TEST(Worker, LetsOtherThreadsFinishTheirTurn) {
  std::promise<int> policy;
  const auto server =
      Server::Open({.endpoints = {"127.0.0.1:0"},
                    .make_handler = [&](int) { return std::make_unique<SchedulingEcho>(policy); }})
          .ValueOrDie();
  const std::string endpoint = server->endpoints()[0];
  boost::asio::io_context loop;
  Tcp::socket peer(loop);
  const auto port = static_cast<uint16_t>(std::stoi(endpoint.substr(endpoint.rfind(':') + 1)));
  peer.connect({boost::asio::ip::address_v4::loopback(), port});
  peer.send(boost::asio::buffer(std::string_view("GET / HTTP/1.1\r\nhost: h\r\n\r\n")));

  EXPECT_EQ(policy.get_future().get(), SCHED_BATCH);
}

}  // namespace
}  // namespace weir::net
