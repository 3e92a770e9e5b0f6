// SPDX-License-Identifier: Apache-2.0
#include "cli/server_file.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

namespace weir::cli {
namespace {

using nlohmann::ordered_json;

std::string PathIn(const std::string& data_dir) { return data_dir + "/server.json"; }

}  // namespace

Status WriteServerFile(const std::string& data_dir, const ServerFile& file) {
  const ordered_json json = {
      {"pid", file.pid}, {"grpc", file.grpc}, {"http", file.http}, {"version", file.version}};
  const std::string path = PathIn(data_dir);
  const std::string aside = path + ".new";
  {
    std::ofstream out(aside, std::ios::binary | std::ios::trunc);
    out << json.dump() << "\n";
    out.close();
    if (!out) return Error(ErrorKind::kRetryLater, fmt::format("can't write {}", aside));
  }
  // Renamed into place, so a reader never sees half of it; it is not synced, as it dies with the
  // process.
  if (std::rename(aside.c_str(), path.c_str()) == 0) return Status::OK();
  return Error(ErrorKind::kRetryLater, fmt::format("can't write {}", path));
}

Result<ServerFile> ReadServerFile(const std::string& data_dir) {
  const std::string path = PathIn(data_dir);
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    return Error(ErrorKind::kNotFound,
                 fmt::format("no server runs on {}: there is no {}", data_dir, path));
  }
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const auto json = ordered_json::parse(text, nullptr, false);
  const auto text_at = [&json](const char* key) {
    const auto found = json.find(key);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  ServerFile file{.grpc = text_at("grpc"), .http = text_at("http"), .version = text_at("version")};
  if (file.http.empty()) {
    return Error(ErrorKind::kBadRequest, fmt::format("{} is malformed", path));
  }
  const auto pid = json.find("pid");
  if (pid != json.end() && pid->is_number_integer()) file.pid = pid->get<int64_t>();
  return file;
}

void RemoveServerFile(const std::string& data_dir) { ::unlink(PathIn(data_dir).c_str()); }

}  // namespace weir::cli
