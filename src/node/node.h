// SPDX-License-Identifier: Apache-2.0
#pragma once
// One running server: opens the rooms bottom-up, joins them, stops them in reverse.

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "cli/config.h"

namespace weir::node {

/// Any thread.
class Node {
 public:
  /// Serves when it returns. Errors: those of the rooms, in words for whoever started it.
  static Result<std::unique_ptr<Node>> Open(const cli::ServerConfig& config);
  virtual ~Node() = default;

  /// The bound addresses: gRPC's first, then HTTP's. Either speaks every protocol.
  virtual std::vector<std::string> endpoints() const = 0;
  /// Where the tables are: the folder that holds a folder a schema.
  virtual std::string tables_dir() const = 0;

  /// Takes nothing new, finishes what is under way, commits all rows. The last call.
  virtual void Stop() = 0;
};

}  // namespace weir::node
