// SPDX-License-Identifier: Apache-2.0
#pragma once
// Endpoint texts to listening sockets.

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace weir::net {

/// Reads `host:port`, `[v6]:port` or `:port` (all IPv4 addresses), looking the host up if it is a
/// name. Errors: kBadRequest.
Result<boost::asio::ip::tcp::endpoint> ResolveEndpoint(std::string_view text);

/// Listens on `endpoint` with one SO_REUSEPORT socket for each of `loops`; all get the same port,
/// also where it is 0. Errors: kBadRequest when it can't be bound, in particular when another
/// program listens there.
Result<std::vector<boost::asio::ip::tcp::acceptor>> Listen(
    boost::asio::ip::tcp::endpoint endpoint, const std::vector<boost::asio::io_context*>& loops);

/// `ip:port`, `[ip]:port` for IPv6.
std::string EndpointText(const boost::asio::ip::tcp::endpoint& endpoint);

}  // namespace weir::net
