// SPDX-License-Identifier: Apache-2.0
#pragma once
// For tests: a client that speaks to the routes without a network.

#include <string>
#include <vector>

#include "serve/routes.h"

namespace weir::serve {

/// Asks as the server would, Admit first, and waits for the answer. `target`: path and, after a
/// '?', query.
net::Response AskRoutes(const Routes& routes, const std::string& method, const std::string& target,
                        std::vector<net::Header> headers, std::string body = "");

/// The value of a header of `response`, or empty.
std::string HeaderOf(const net::Response& response, std::string_view name);

}  // namespace weir::serve
