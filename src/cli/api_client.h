// SPDX-License-Identifier: Apache-2.0
#pragma once
// Asking a running server's JSON API, and the options that say which server.

#include <chrono>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/result.h"
#include "cli/http_client.h"

namespace CLI {
class App;
}

namespace weir::cli {

/// Shared by all commands that ask a server.
struct ApiOptions {
  std::string server;    // Empty: from the data folder, else the default port.
  std::string data_dir;  // Empty: not given.
  bool json = false;
  std::chrono::seconds timeout{30};  // For each step of an answer.
};

void AddApiOptions(CLI::App& command, ApiOptions& options);

/// A text as it may stand in a target.
std::string UrlText(std::string_view text);

/// The answer's JSON. Errors: what the server said, by its kind; kNotFound when the data folder has
/// no server; kRetryLater when it can't be reached.
Result<nlohmann::ordered_json> AskApi(const ApiOptions& options, const std::string& target);

/// As AskApi, but posts `body`.
Result<nlohmann::ordered_json> PostApi(const ApiOptions& options, const std::string& target,
                                       const nlohmann::ordered_json& body);

/// The answer itself to `body`, which is JSON, in the form of `accept`. Errors: as AskApi's for a
/// server that can't be reached.
Result<HttpAnswer> PostForAnswer(const ApiOptions& options, const std::string& target,
                                 const std::string& body, const std::string& accept);

/// What `from` answered, as AskApi gives it.
Result<nlohmann::ordered_json> ReadAnswer(const std::string& from, const HttpAnswer& answer);

/// Asks for a target, whoever answers.
using Ask = std::function<Result<nlohmann::ordered_json>(const std::string& target)>;
/// Answers from a data folder that no server uses. Errors: kConflict when one does; kNotFound when
/// it has no data.
using OpenFolder = std::function<Result<Ask>(const std::string& data_dir)>;

/// Members of an answer; what is missing or of another type is 0, "" or an empty array.
int64_t IntAt(const nlohmann::ordered_json& object, const char* key);
std::string TextAt(const nlohmann::ordered_json& object, const char* key);
const nlohmann::ordered_json& ArrayAt(const nlohmann::ordered_json& object, const char* key);

}  // namespace weir::cli
