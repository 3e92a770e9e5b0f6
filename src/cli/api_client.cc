// SPDX-License-Identifier: Apache-2.0
#include "cli/api_client.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cctype>
#include <chrono>

#include "cli/http_client.h"
#include "cli/server_file.h"

namespace weir::cli {
namespace {

using nlohmann::ordered_json;

constexpr const char* kDefaultServer = "http://127.0.0.1:4318";

Result<std::string> ServerOf(const ApiOptions& options) {
  if (!options.server.empty()) return options.server;
  if (options.data_dir.empty()) return std::string(kDefaultServer);
  const auto file = TRY(ReadServerFile(options.data_dir));
  return "http://" + file.http;
}

ErrorKind KindOfHttp(int status) {
  if (status == 401 || status == 403) return ErrorKind::kUnauthorized;
  if (status == 404) return ErrorKind::kNotFound;
  if (status == 409) return ErrorKind::kConflict;
  if (status == 429 || status == 503 || status == 504) return ErrorKind::kRetryLater;
  return status < 500 ? ErrorKind::kBadRequest : ErrorKind::kInternal;
}

}  // namespace

std::string UrlText(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    const bool is_plain = std::isalnum(static_cast<unsigned char>(c)) != 0 ||
                          std::string_view("-_.:").find(c) != std::string_view::npos;
    escaped += is_plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<uint8_t>(c));
  }
  return escaped;
}

void AddApiOptions(CLI::App& command, ApiOptions& options) {
  auto* server = command.add_option("--server", options.server,
                                    fmt::format("The server to ask [{}]", kDefaultServer));
  command.add_option("--data", options.data_dir, "Ask the server that runs on this data folder")
      ->excludes(server);
  command.add_flag("--json", options.json, "Print JSON");
}

Result<ordered_json> AskApi(const ApiOptions& options, const std::string& target) {
  const std::string server = TRY(ServerOf(options));
  const auto answer = TRY(HttpGet(server, target, options.timeout));
  return ReadAnswer(server, answer);
}

Result<ordered_json> PostApi(const ApiOptions& options, const std::string& target,
                             const ordered_json& body) {
  const std::string server = TRY(ServerOf(options));
  const auto answer = TRY(HttpPost(server, target, body.dump(), options.timeout));
  return ReadAnswer(server, answer);
}

Result<HttpAnswer> PostForAnswer(const ApiOptions& options, const std::string& target,
                                 const std::string& body, const std::string& accept) {
  const std::string server = TRY(ServerOf(options));
  return HttpPost(server, target, body, options.timeout, accept);
}

Result<ordered_json> ReadAnswer(const std::string& from, const HttpAnswer& answer) {
  auto json = ordered_json::parse(answer.body, nullptr, false);
  const bool is_good = answer.status == 200 || answer.status == 202;
  if (is_good && json.is_object()) return json;
  const auto error = json.find("error");
  std::string message = error != json.end() ? TextAt(*error, "message") : "";
  if (message.empty()) message = fmt::format("{} answered HTTP {}", from, answer.status);
  return Error(is_good ? ErrorKind::kInternal : KindOfHttp(answer.status), message);
}

int64_t IntAt(const ordered_json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number_integer() ? found->get<int64_t>() : 0;
}

std::string TextAt(const ordered_json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

const ordered_json& ArrayAt(const ordered_json& object, const char* key) {
  static const ordered_json kEmpty = ordered_json::array();
  const auto found = object.find(key);
  return found != object.end() && found->is_array() ? *found : kEmpty;
}

}  // namespace weir::cli
