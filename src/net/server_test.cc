// SPDX-License-Identifier: Apache-2.0
#include "net/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <deque>
#include <future>
#include <thread>

#include "net/echo_fake.h"
#include "net/http2/client_fake.h"
#include "net/metrics.h"

namespace weir::net {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;
using namespace std::chrono_literals;
using namespace std::string_literals;
using boost::asio::ip::tcp;

/// Where the handlers of all workers leave the Responders of `/later`.
struct Held {
  std::promise<Responder> next;
};

constexpr size_t kLargeBytes = 64 << 20;  // More than both ends' socket buffers hold.

/// `/large` answers with kLargeBytes, `/later` is left to the test, the rest as EchoFake.
class HoldingEcho final : public Handler {
 public:
  explicit HoldingEcho(Held& held) : held_(held) {}
  Admission Admit(const RequestHead& head) override { return echo_.Admit(head); }
  void Handle(Request request, Responder responder) override {
    if (request.head.path == "/later") return held_.next.set_value(std::move(responder));
    if (request.head.path == "/large") request.body.assign(kLargeBytes, 'x');
    echo_.Handle(std::move(request), std::move(responder));
  }
  Response Refuse(const RequestHead& head, RefusalReason reason) override {
    return echo_.Refuse(head, reason);
  }

 private:
  Held& held_;
  EchoFake echo_;
};

/// A blocking client; every read gives up after five seconds.
class Client {
 public:
  explicit Client(const std::string& endpoint) {
    const size_t colon = endpoint.rfind(':');
    const auto port = static_cast<uint16_t>(std::stoi(endpoint.substr(colon + 1)));
    socket_.connect({boost::asio::ip::address_v4::loopback(), port});
    const timeval timeout{.tv_sec = 5};
    setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
  }
  void Send(std::string_view bytes) {
    boost::system::error_code ignored;  // The server may hang up first; what it said is looked at.
    boost::asio::write(socket_, boost::asio::buffer(bytes), ignored);
  }
  /// Reads until `end` has come, or the connection is over.
  std::string ReadUntil(std::string_view end) {
    std::string text;
    while (end.empty() || !text.ends_with(end)) {
      const std::string more = ReadSome();
      if (more.empty()) return text;
      text += more;
    }
    return text;
  }
  std::string ReadAll() { return ReadUntil(""); }
  std::string ReadSome() {
    char buffer[65536];
    const ssize_t size = recv(socket_.native_handle(), buffer, sizeof(buffer), 0);
    last_error_ = size < 0 ? errno : 0;
    return std::string(buffer, static_cast<size_t>(std::max<ssize_t>(size, 0)));
  }
  int last_error() const { return last_error_; }

 private:
  boost::asio::io_context loop_;
  tcp::socket socket_{loop_};
  int last_error_ = 0;
};

struct ServerTest : testing::Test {
  void Open(Limits limits = {}, int workers = 1) {
    auto opened =
        Server::Open({.endpoints = {"127.0.0.1:0"},
                      .workers = workers,
                      .limits = limits,
                      .make_handler = [this](int) { return std::make_unique<HoldingEcho>(held); }});
    ASSERT_TRUE(opened.ok()) << opened.status().ToString();
    server = *std::move(opened);
  }
  Client Connect() { return Client(server->endpoints()[0]); }

  Held held;
  std::unique_ptr<Server> server;
};

std::string Post(std::string_view path, std::string_view body) {
  return "POST " + std::string(path) +
         " HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string(body);
}

TEST_F(ServerTest, KeepsAnHttp1ConnectionForMoreRequests) {
  Open();
  Client client = Connect();

  client.Send(Post("/", "one"));
  EXPECT_THAT(client.ReadUntil("one"), StartsWith("HTTP/1.1 200 OK\r\n"));
  client.Send(Post("/", "two"));

  EXPECT_THAT(client.ReadUntil("two"), EndsWith("\r\n\r\ntwo"));
}

TEST_F(ServerTest, EchoesALargeBody) {
  Open();
  Client client = Connect();
  const std::string body = std::string(900'000, 'x') + "end";

  client.Send(Post("/", body));

  EXPECT_TRUE(client.ReadUntil("end").ends_with(body));
}

TEST_F(ServerTest, SpeaksHttp2AndGrpcOnTheSamePort) {
  Open();
  Client socket = Connect();
  http2::ClientFake client;
  const int32_t plain = client.Submit({}, "plain");
  const int32_t grpc = client.Submit({{"content-type", "application/grpc"}}, "\0\0\0\0\1x"s);

  while (!client.answers[plain].is_closed || !client.answers[grpc].is_closed) {
    socket.Send(client.Output());
    const std::string bytes = socket.ReadSome();
    ASSERT_FALSE(bytes.empty());
    client.Receive(bytes);
  }

  EXPECT_EQ(client.answers[plain].body, "plain");
  EXPECT_EQ(client.answers[grpc].headers["grpc-status"], "0");
}

TEST_F(ServerTest, ServesManyConnectionsOnSeveralWorkers) {
  Open({}, 3);
  std::deque<Client> clients;
  for (int i = 0; i < 30; ++i) clients.emplace_back(server->endpoints()[0]);

  for (Client& client : clients) client.Send(Post("/", "hello"));

  for (Client& client : clients) EXPECT_THAT(client.ReadUntil("hello"), EndsWith("hello"));
}

TEST_F(ServerTest, LetsTheClientSeeWhyItsLongBodyWasRefused) {
  Open();
  Client client = Connect();

  client.Send(Post("/", std::string(8 << 20, 'x')));

  EXPECT_THAT(client.ReadAll(), StartsWith("HTTP/1.1 413 "));
  EXPECT_EQ(client.last_error(), 0);
}

TEST_F(ServerTest, AnswersFromAnotherThread) {
  Open();
  Client client = Connect();
  client.Send(Post("/later", ""));
  Responder responder = held.next.get_future().get();

  std::thread([&] { std::move(responder).Send({.body = "from afar"}); }).join();

  EXPECT_THAT(client.ReadUntil("from afar"), EndsWith("from afar"));
}

TEST_F(ServerTest, LetsAResponderOutliveTheConnectionAndTheServer) {
  Open();
  Client client = Connect();
  client.Send(Post("/later", ""));
  Responder responder = held.next.get_future().get();

  server->Stop(0ms);
  server.reset();
  std::move(responder).Send({.body = "too late"});

  EXPECT_EQ(client.ReadAll(), "");
}

TEST_F(ServerTest, StopLetsTheRequestUnderWayFinish) {
  Open();
  Client client = Connect();
  client.Send(Post("/later", ""));
  Responder responder = held.next.get_future().get();

  auto stopped = std::async(std::launch::async, [&] { server->Stop(5s); });
  std::move(responder).Send({.body = "done"});

  EXPECT_THAT(client.ReadAll(), EndsWith("done"));
  stopped.get();
}

TEST_F(ServerTest, StopClosesIdleConnectionsAtOnce) {
  Open();
  Client client = Connect();
  client.Send(Post("/", "hello"));
  client.ReadUntil("hello");

  const auto start = std::chrono::steady_clock::now();
  server->Stop(60s);

  EXPECT_EQ(client.ReadAll(), "");
  EXPECT_LT(std::chrono::steady_clock::now() - start, 5s);
}

TEST_F(ServerTest, StopGivesUpOnARequestAfterTheDrainTime) {
  Open();
  Client client = Connect();
  client.Send(Post("/later", ""));
  const Responder responder = held.next.get_future().get();

  server->Stop(20ms);

  EXPECT_EQ(client.ReadAll(), "");
}

TEST_F(ServerTest, TellsConnectionsOverTheLimitSo) {
  Open({.connections_max = 1});
  const int64_t before = limits_hit_total.With({"connections"}).value();
  Client first = Connect();
  first.Send(Post("/", "hello"));
  first.ReadUntil("hello");
  Client second = Connect();

  EXPECT_THAT(second.ReadAll(), StartsWith("HTTP/1.1 503 "));
  EXPECT_EQ(limits_hit_total.With({"connections"}).value(), before + 1);
}

TEST_F(ServerTest, ClosesOnAClientThatSaysNothing) {
  Open({.head_timeout = 50ms});
  Client client = Connect();

  EXPECT_EQ(client.ReadAll(), "");
  EXPECT_EQ(client.last_error(), 0);
}

TEST_F(ServerTest, ClosesOnManyThatSayNothing) {
  Open({.head_timeout = 50ms});
  std::deque<Client> silent;
  for (int i = 0; i < 300; ++i) silent.emplace_back(server->endpoints()[0]);

  for (Client& client : silent) {
    EXPECT_EQ(client.ReadAll(), "");
    EXPECT_EQ(client.last_error(), 0);
  }
}

TEST_F(ServerTest, DropsARefusedBodyAndTakesTheNextRequest) {
  Open();
  Client client = Connect();

  client.Send(Post("/deny", std::string(900'000, 'x')) + Post("/echo", "next"));

  const std::string answers = client.ReadUntil("next");
  EXPECT_THAT(answers, StartsWith("HTTP/1.1 401 "));
  EXPECT_THAT(answers, HasSubstr("HTTP/1.1 200 "));
}

TEST_F(ServerTest, RefusesABodyThatStopsComing) {
  Open({.body_timeout = 50ms});
  Client client = Connect();

  client.Send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nhi");

  EXPECT_THAT(client.ReadAll(), StartsWith("HTTP/1.1 408 "));
}

TEST_F(ServerTest, ClosesOnAClientThatDoesNotReadItsAnswer) {
  Open({.body_bytes_per_second_min = 1 << 30, .write_timeout = 50ms});
  metrics::Counter& hits = limits_hit_total.With({"write_time"});
  const int64_t before = hits.value();
  Client client = Connect();

  client.Send(Post("/large", ""));
  const auto give_up = std::chrono::steady_clock::now() + 5s;
  while (hits.value() == before && std::chrono::steady_clock::now() < give_up) {
    std::this_thread::yield();
  }

  EXPECT_EQ(hits.value(), before + 1);
  EXPECT_LT(client.ReadAll().size(), kLargeBytes);
}

TEST_F(ServerTest, SendsALargeAnswerWhole) {
  Open();
  Client client = Connect();

  client.Send("GET /large HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");

  EXPECT_GT(client.ReadAll().size(), kLargeBytes);
}

TEST_F(ServerTest, StopSaysGoodbyeToHttp2Clients) {
  Open();
  Client socket = Connect();
  http2::ClientFake client;
  client.Submit({}, "hello");
  while (!client.answers[1].is_closed) {
    socket.Send(client.Output());
    const std::string bytes = socket.ReadSome();
    ASSERT_FALSE(bytes.empty());
    client.Receive(bytes);
  }

  server->Stop(5s);
  client.Receive(socket.ReadAll());

  EXPECT_EQ(client.goaway, NGHTTP2_NO_ERROR);
}

TEST_F(ServerTest, RefusesAnEndpointItCanNotBind) {
  const auto opened = Server::Open({.endpoints = {"192.0.2.1:4317"}, .make_handler = [this](int) {
                                      return std::make_unique<HoldingEcho>(held);
                                    }});

  EXPECT_EQ(KindOf(opened.status()), ErrorKind::kBadRequest);
  EXPECT_THAT(opened.status().message(), HasSubstr("192.0.2.1:4317"));
}

}  // namespace
}  // namespace weir::net
