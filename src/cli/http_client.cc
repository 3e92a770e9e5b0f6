// SPDX-License-Identifier: Apache-2.0
#include "cli/http_client.h"

#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>

namespace weir::cli {
namespace {

constexpr std::string_view kScheme = "http://";
constexpr size_t kAnswerBytesMax = 256 << 20;
constexpr size_t kReadBytes = 64 << 10;

struct Address {
  std::string host, port;
};

class Socket {
 public:
  explicit Socket(int fd) : fd_(fd) {}
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  ~Socket() {
    if (fd_ >= 0) ::close(fd_);
  }
  int fd() const { return fd_; }

 private:
  int fd_;
};

Result<Address> AddressOf(const std::string& server) {
  std::string_view rest = server;
  if (rest.starts_with(kScheme)) rest.remove_prefix(kScheme.size());
  if (rest.ends_with('/')) rest.remove_suffix(1);
  const size_t colon = rest.rfind(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == rest.size() ||
      rest.find('/') != std::string_view::npos) {
    return Error(ErrorKind::kBadRequest,
                 fmt::format("server is `{}`, expected http://host:port", server));
  }
  std::string_view host = rest.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return Address{std::string(host), std::string(rest.substr(colon + 1))};
}

Status Unreachable(const std::string& server, std::string_view why) {
  return Error(
      ErrorKind::kRetryLater,
      fmt::format("can't reach a server at {}: {} (is `weir serve` running?)", server, why));
}

Result<Socket> Connect(const std::string& server, std::chrono::milliseconds timeout) {
  const Address address = TRY(AddressOf(server));
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  const int failed = getaddrinfo(address.host.c_str(), address.port.c_str(), &hints, &list);
  if (failed != 0) return Unreachable(server, gai_strerror(failed));
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> addresses(list, freeaddrinfo);
  const timeval limit{.tv_sec = timeout.count() / 1000, .tv_usec = timeout.count() % 1000 * 1000};
  int error = 0;
  for (const addrinfo* at = list; at != nullptr; at = at->ai_next) {
    Socket socket(::socket(at->ai_family, at->ai_socktype | SOCK_CLOEXEC, 0));
    // On Linux the send limit also bounds connect().
    setsockopt(socket.fd(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    setsockopt(socket.fd(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    if (::connect(socket.fd(), at->ai_addr, at->ai_addrlen) == 0) return socket;
    error = errno;
  }
  return Unreachable(server, std::strerror(error));
}

Status SendAll(const Socket& socket, const std::string& server, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket.fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return Unreachable(server, std::strerror(errno));
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return Status::OK();
}

/// Everything until the server closes, as it does after `connection: close`.
Result<std::string> ReceiveAll(const Socket& socket, const std::string& server) {
  std::string bytes;
  while (bytes.size() < kAnswerBytesMax) {
    const size_t used = bytes.size();
    bytes.resize(used + kReadBytes);
    const ssize_t got = ::recv(socket.fd(), bytes.data() + used, kReadBytes, 0);
    bytes.resize(used + static_cast<size_t>(std::max<ssize_t>(got, 0)));
    if (got < 0) return Unreachable(server, std::strerror(errno));
    if (got == 0) return bytes;
  }
  return Unreachable(server, "the answer is too large");
}

/// The value of `content-length` in a head, whatever its case.
std::optional<size_t> ContentLength(std::string_view head) {
  std::string lower(head);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
  constexpr std::string_view kName = "\r\ncontent-length:";
  const size_t at = lower.find(kName);
  if (at == std::string::npos) return std::nullopt;
  const char* begin = lower.data() + at + kName.size();
  const char* end = lower.data() + lower.size();
  while (begin != end && *begin == ' ') ++begin;
  size_t length = 0;
  if (std::from_chars(begin, end, length).ec != std::errc()) return std::nullopt;
  return length;
}

Result<HttpAnswer> Parse(const std::string& server, std::string_view bytes) {
  const size_t head_end = bytes.find("\r\n\r\n");
  constexpr std::string_view kVersion = "HTTP/1.1 ";
  if (head_end == std::string_view::npos || !bytes.starts_with(kVersion)) {
    return Unreachable(server, "it does not speak HTTP/1.1");
  }
  HttpAnswer answer;
  std::from_chars(bytes.data() + kVersion.size(), bytes.data() + head_end, answer.status);
  answer.body = bytes.substr(head_end + 4);
  const auto length = ContentLength(bytes.substr(0, head_end));
  if (length && answer.body.size() != *length) return Unreachable(server, "the answer was cut off");
  return answer;
}

/// A request, in parts.
struct Asked {
  std::string_view method, target, headers, body;
  std::string_view accept = "application/json";
};

Result<HttpAnswer> AskOnce(const std::string& server, const Asked& asked,
                           std::chrono::milliseconds timeout) {
  const Address address = TRY(AddressOf(server));
  const Socket socket = TRY(Connect(server, timeout));
  const bool is_v6 = address.host.find(':') != std::string::npos;
  const std::string host = is_v6 ? "[" + address.host + "]" : address.host;
  TRY(SendAll(socket, server,
              fmt::format("{} {} HTTP/1.1\r\nhost: {}:{}\r\naccept: {}\r\n"
                          "user-agent: weir\r\n{}connection: close\r\n\r\n{}",
                          asked.method, asked.target, host, address.port, asked.accept,
                          asked.headers, asked.body)));
  const std::string bytes = TRY(ReceiveAll(socket, server));
  return Parse(server, bytes);
}

}  // namespace

Result<HttpAnswer> HttpGet(const std::string& server, const std::string& target,
                           std::chrono::milliseconds timeout) {
  return AskOnce(server, {"GET", target, "", ""}, timeout);
}

Result<HttpAnswer> HttpPost(const std::string& server, const std::string& target,
                            const std::string& body, std::chrono::milliseconds timeout,
                            const std::string& accept) {
  const std::string headers =
      fmt::format("content-type: application/json\r\ncontent-length: {}\r\n", body.size());
  return AskOnce(server, {"POST", target, headers, body, accept}, timeout);
}

}  // namespace weir::cli
