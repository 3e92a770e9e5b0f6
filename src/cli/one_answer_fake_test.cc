// SPDX-License-Identifier: Apache-2.0
#include "cli/one_answer_fake.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/check.h"

namespace weir::cli {

OneAnswerFake::OneAnswerFake(std::string answer) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  CHECK(::bind(listener_, generic, size) == 0);
  CHECK(::listen(listener_, 1) == 0);
  CHECK(::getsockname(listener_, generic, &size) == 0);
  port_ = ntohs(address.sin_port);
  thread_ = std::jthread([this, text = std::move(answer)] { Serve(text); });
}

OneAnswerFake::~OneAnswerFake() {
  ::shutdown(listener_, SHUT_RDWR);  // Wakes an accept that no client ever came to.
  if (thread_.joinable()) thread_.join();
  ::close(listener_);
}

std::string OneAnswerFake::endpoint() const { return "127.0.0.1:" + std::to_string(port_); }

std::string OneAnswerFake::Request() {
  thread_.join();
  return request_;
}

void OneAnswerFake::Serve(const std::string& answer) {
  const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  if (client < 0) return;
  char buffer[4096];
  while (request_.find("\r\n\r\n") == std::string::npos) {
    const ssize_t got = ::recv(client, buffer, sizeof buffer, 0);
    if (got <= 0) break;
    request_.append(buffer, static_cast<size_t>(got));
  }
  (void)::send(client, answer.data(), answer.size(), MSG_NOSIGNAL);
  ::close(client);
}

}  // namespace weir::cli
