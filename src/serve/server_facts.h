// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the routes say about the server itself; filled by whoever starts it.

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"

namespace weir::serve {

/// The functions are called from any thread, at any time, and return at once.
struct ServerFacts {
  std::string version;
  std::string catalog_name = "weir";  // A name as tables have: it becomes a path segment.
  std::string data_dir;
  /// Answer only requests whose Host is this machine's loopback name, as a page on the internet can
  /// point its own name at 127.0.0.1 (DNS rebinding) and read what an unprotected server tells.
  bool is_loopback_only = true;
  std::function<std::vector<std::string>()> endpoints;  // Bound `ip:port`s.
  std::function<Status()> can_ack;       // Not ok: why a request would be turned away now.
  std::function<std::string()> figures;  // A JSON object: journal, writers, commits.
};

}  // namespace weir::serve
