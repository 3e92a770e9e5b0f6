// SPDX-License-Identifier: Apache-2.0
#include "node/node.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>

#include "base/log.h"
#include "catalog/catalog.h"

namespace weir::node {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* kSpan =
    R"({"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"cart"}}]},)"
    R"("scopeSpans":[{"spans":[{"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0102030405060708",)"
    R"("name":"pay","startTimeUnixNano":"1795132800000000000","endTimeUnixNano":"1795132800000001000"}]}]}]})";

/// Sends one HTTP/1.1 request to `endpoint` and gives all that comes back until the server closes;
/// five seconds at most.
std::string Ask(const std::string& endpoint, const std::string& head, const std::string& body) {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  const timeval timeout{.tv_sec = 5};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
  sockaddr_in address{
      .sin_family = AF_INET,
      .sin_port = htons(static_cast<uint16_t>(std::stoi(endpoint.substr(endpoint.rfind(':') + 1)))),
      .sin_addr = {htonl(INADDR_LOOPBACK)}};
  std::string answer;
  if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
    const std::string request = fmt::format(
        "{} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {}\r\n"
        "content-type: application/json\r\n\r\n{}",
        head, body.size(), body);
    EXPECT_EQ(::send(fd, request.data(), request.size(), 0), static_cast<ssize_t>(request.size()));
    char part[4096];
    for (ssize_t got = 0; (got = ::recv(fd, part, sizeof part, 0)) > 0;)
      answer.append(part, static_cast<size_t>(got));
  }
  ::close(fd);
  return answer;
}

class NodeTest : public testing::Test {
 protected:
  NodeTest() {
    log::SetLevel(log::Level::kWarn);
    std::string pattern = testing::TempDir() + "node_XXXXXX";
    folder_ = mkdtemp(pattern.data());
    config_ = cli::LoadConfig({.flags = {{"data_dir", folder_}}})->config;
    config_.grpc_endpoint = config_.http_endpoint = "127.0.0.1:0";
    config_.workers = 2;
    config_.commit_interval_ms = 3'600'000;  // Only Stop commits.
  }
  ~NodeTest() override {
    std::filesystem::remove_all(folder_);
    log::SetLevel(log::Level::kInfo);
  }

  catalog::TableEntry Spans() const {
    const auto catalog = catalog::Catalog::Open(folder_ + "/catalog.db").ValueOrDie();
    return catalog->Load({"telemetry", "otel_spans"}).ValueOrDie();
  }

  std::string folder_;
  cli::ServerConfig config_;
};

TEST_F(NodeTest, KeepsWhatItAcknowledgedThroughStopAndReopen) {
  config_.retry_window_s = 0;  // The same request is a new one.
  auto node = Node::Open(config_).ValueOrDie();
  const std::string first = Ask(node->endpoints().at(1), "POST /v1/traces", kSpan);
  node->Stop();
  EXPECT_THAT(first, StartsWith("HTTP/1.1 200 "));
  EXPECT_EQ(Spans().delta_version, 1);

  node.reset();
  node = Node::Open(config_).ValueOrDie();
  const std::string second = Ask(node->endpoints().at(0), "POST /v1/traces", kSpan);
  node->Stop();

  EXPECT_THAT(second, StartsWith("HTTP/1.1 200 "));
  EXPECT_EQ(Spans().delta_version, 2);
  EXPECT_EQ(node->tables_dir(), std::filesystem::canonical(folder_).string() + "/tables");
}

TEST_F(NodeTest, TakesARequestOnceThatIsSentAgainAfterARestart) {
  auto node = Node::Open(config_).ValueOrDie();
  const std::string first = Ask(node->endpoints().at(1), "POST /v1/traces", kSpan);
  node->Stop();
  node.reset();

  node = Node::Open(config_).ValueOrDie();
  const std::string again = Ask(node->endpoints().at(1), "POST /v1/traces", kSpan);
  node->Stop();

  EXPECT_THAT(first, StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(again, StartsWith("HTTP/1.1 200 "));
  EXPECT_EQ(Spans().delta_version, 1);
}

TEST_F(NodeTest, SendsExportersToTheReceiverAndAllElseToTheUsersRoutes) {
  const auto node = Node::Open(config_).ValueOrDie();
  const std::string endpoint = node->endpoints().at(1);

  EXPECT_THAT(Ask(endpoint, "GET /v1/traces", ""), StartsWith("HTTP/1.1 405 "));
  EXPECT_THAT(Ask(endpoint, "POST /opentelemetry.proto.collector.logs.v1.LogsService/Export", "{}"),
              StartsWith("HTTP/1.1 415 "));
  EXPECT_THAT(Ask(endpoint, "GET /iceberg/v1/config", ""), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(Ask(endpoint, "GET /no/such/page", ""), StartsWith("HTTP/1.1 404 "));
}

TEST_F(NodeTest, RefusesADataDirectoryThatIsInUse) {
  const auto node = Node::Open(config_).ValueOrDie();

  const auto second = Node::Open(config_);

  EXPECT_EQ(KindOf(second.status()), ErrorKind::kConflict);
  EXPECT_THAT(second.status().message(), HasSubstr("another weir uses it"));
}

TEST_F(NodeTest, GivesTheDataDirectoryBackWhenItCantListen) {
  config_.http_endpoint = "127.0.0.1:notaport";
  EXPECT_FALSE(Node::Open(config_).ok());
  config_.http_endpoint = "127.0.0.1:0";

  EXPECT_TRUE(Node::Open(config_).ok());
}

}  // namespace
}  // namespace weir::node
