// SPDX-License-Identifier: Apache-2.0
#pragma once
// A query of the search language as a command line gives it.

#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace weir::cli {

struct SearchQuery {
  std::vector<std::string> words;  // Of the query, as the shell split it.
  std::string service;             // Empty: all.

  std::string ToText() const;
};

/// Adds the query itself and `--service`.
void AddQueryOptions(CLI::App& command, SearchQuery& query);

/// `30m` becomes `-30m`; a point in time stays.
std::string FromText(std::string_view since);

}  // namespace weir::cli
