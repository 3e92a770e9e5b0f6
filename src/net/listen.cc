// SPDX-License-Identifier: Apache-2.0
#include "net/listen.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <boost/asio/detail/socket_option.hpp>
#include <boost/asio/socket_base.hpp>
#include <charconv>

namespace weir::net {
namespace {

namespace asio = boost::asio;
using ErrorCode = boost::system::error_code;
using Tcp = asio::ip::tcp;

enum class Sharing : uint8_t { kAlone, kReusePort };

Result<uint16_t> ParsePort(std::string_view text) {
  uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) {
    return Error(ErrorKind::kBadRequest, fmt::format("'{}' is not a port", text));
  }
  return port;
}

Status SetReusePort(Tcp::acceptor& acceptor) {
  const int on = 1;
  if (setsockopt(acceptor.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) == 0) {
    return Status::OK();
  }
  return Error(ErrorKind::kBadRequest, "listen: SO_REUSEPORT is not to be had");
}

Result<Tcp::acceptor> Bind(asio::io_context& loop, const Tcp::endpoint& endpoint, Sharing sharing) {
  Tcp::acceptor acceptor(loop);
  ErrorCode error;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error && sharing == Sharing::kReusePort) TRY(SetReusePort(acceptor));
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (!error) acceptor.non_blocking(true, error);
  if (error) {
    return Error(ErrorKind::kBadRequest,
                 fmt::format("listen on {}: {}", EndpointText(endpoint), error.message()));
  }
  return acceptor;
}

}  // namespace

Result<Tcp::endpoint> ResolveEndpoint(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == text.npos) {
    return Error(ErrorKind::kBadRequest, fmt::format("endpoint '{}': expected host:port", text));
  }
  const uint16_t port = TRY(ParsePort(text.substr(colon + 1)));
  std::string host(text.substr(0, colon));
  if (host.empty()) return Tcp::endpoint(asio::ip::address_v4::any(), port);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  ErrorCode error;
  const auto address = asio::ip::make_address(host, error);
  if (!error) return Tcp::endpoint(address, port);
  asio::io_context loop;
  const auto found = Tcp::resolver(loop).resolve(host, "", error);
  if (error || found.empty()) {
    return Error(ErrorKind::kBadRequest,
                 fmt::format("endpoint '{}': host not found: {}", text, error.message()));
  }
  return Tcp::endpoint(found.begin()->endpoint().address(), port);
}

Result<std::vector<Tcp::acceptor>> Listen(Tcp::endpoint endpoint,
                                          const std::vector<asio::io_context*>& loops) {
  // SO_REUSEPORT would let us share the port with another process of this user; alone, a bind sees
  // that one.
  if (endpoint.port() != 0) TRY(Bind(*loops[0], endpoint, Sharing::kAlone));
  std::vector<Tcp::acceptor> acceptors;
  for (asio::io_context* loop : loops) {
    auto acceptor = TRY(Bind(*loop, endpoint, Sharing::kReusePort));
    acceptors.push_back(std::move(acceptor));
    endpoint.port(acceptors[0].local_endpoint().port());
  }
  return acceptors;
}

std::string EndpointText(const Tcp::endpoint& endpoint) {
  const std::string address = endpoint.address().to_string();
  return fmt::format(fmt::runtime(endpoint.address().is_v6() ? "[{}]:{}" : "{}:{}"), address,
                     endpoint.port());
}

}  // namespace weir::net
