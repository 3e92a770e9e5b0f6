// SPDX-License-Identifier: Apache-2.0
#pragma once
// GET and POST over HTTP/1.1: all that the command line asks of a server.

#include <chrono>
#include <string>

#include "base/result.h"

namespace weir::cli {

struct HttpAnswer {
  int status = 0;
  std::string body;
};

/// Asks `server` (`http://host:port`) for `target`, on a connection of its own. Waits at most
/// `timeout` for each step. Errors: kBadRequest when `server` is no such URL; kRetryLater when it
/// can't be reached or answers nonsense.
Result<HttpAnswer> HttpGet(const std::string& server, const std::string& target,
                           std::chrono::milliseconds timeout);

/// As HttpGet, but sends `body`, which is JSON. `accept`: the type of the answer.
Result<HttpAnswer> HttpPost(const std::string& server, const std::string& target,
                            const std::string& body, std::chrono::milliseconds timeout,
                            const std::string& accept = "application/json");

}  // namespace weir::cli
