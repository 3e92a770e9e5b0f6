// SPDX-License-Identifier: Apache-2.0
#pragma once
// Asking a running server's JSON API, and the options that say which server.

#include <nlohmann/json.hpp>
#include <string>

#include "base/result.h"

namespace CLI {
class App;
}

namespace weir::cli {

/// Shared by all commands that ask a server.
struct ApiOptions {
  std::string server;    // Empty: from the data folder, else the default port.
  std::string data_dir;  // Empty: not given.
  bool json = false;
};

void AddApiOptions(CLI::App& command, ApiOptions& options);

/// The answer's JSON. Errors: what the server said, by its kind; kNotFound when the data folder has
/// no server; kRetryLater when it can't be reached.
Result<nlohmann::ordered_json> AskApi(const ApiOptions& options, const std::string& target);

/// Members of an answer; what is missing or of another type is 0, "" or an empty array.
int64_t IntAt(const nlohmann::ordered_json& object, const char* key);
std::string TextAt(const nlohmann::ordered_json& object, const char* key);
const nlohmann::ordered_json& ArrayAt(const nlohmann::ordered_json& object, const char* key);

}  // namespace weir::cli
