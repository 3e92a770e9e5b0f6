// SPDX-License-Identifier: Apache-2.0
#include "cli/config.h"

#include <fmt/format.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "cli/config_key.h"
#include "cli/config_yaml.h"
#include "cli/nearest.h"

namespace weir::cli {
namespace {

constexpr std::string_view kPrefix = "WEIR_";

/// Settings under way: the config and beside it where each value came from.
class Settings {
 public:
  Status Set(const std::string& name, const std::string& value, const std::string& source) {
    const ConfigKey* key = FindConfigKey(name);
    if (key == nullptr) return Unknown(name, source);
    Status assigned = Assign(*key, value, loaded_.config);
    if (!assigned.ok()) {
      return Error(ErrorKind::kBadRequest, fmt::format("{} ({})", assigned.message(), source));
    }
    ValueOf(name) = {.key = name, .value = value, .source = source};
    return Status::OK();
  }

  void Warn(std::string warning) { loaded_.warnings.push_back(std::move(warning)); }
  LoadedConfig Take() && { return std::move(loaded_); }
  const ServerConfig& config() const { return loaded_.config; }

 private:
  static Status Unknown(const std::string& name, const std::string& source) {
    std::vector<std::string> names;
    for (const ConfigKey& key : ConfigKeys()) names.emplace_back(key.name);
    const std::string nearest = Nearest(name, names);
    return Error(ErrorKind::kBadRequest,
                 fmt::format("unknown key {} ({}){}", name, source,
                             nearest.empty() ? "" : fmt::format(": did you mean {}?", nearest)));
  }

  ConfigValue& ValueOf(const std::string& name) {
    for (ConfigValue& value : loaded_.values) {
      if (value.key == name) return value;
    }
    return loaded_.values.emplace_back();
  }

  LoadedConfig loaded_;
};

Status SetFromFile(const std::string& path, Settings& settings) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file) {
    return Error(ErrorKind::kNotFound, fmt::format("config file {} can't be read", path));
  }
  auto read = ReadYaml(text);
  if (!read.ok()) {
    return Error(ErrorKind::kBadRequest, fmt::format("{}: {}", path, read.status().message()));
  }
  for (const YamlSetting& setting : *read) {
    TRY(settings.Set(setting.key, setting.value, fmt::format("{}:{}", path, setting.line)));
  }
  return Status::OK();
}

Status SetFromEnvironment(const ConfigInputs& inputs, Settings& settings) {
  for (const auto& [name, value] : inputs.environment) {
    if (!name.starts_with(kPrefix)) continue;
    const ConfigKey* found = nullptr;
    std::vector<std::string> names;
    for (const ConfigKey& key : ConfigKeys()) {
      names.push_back(EnvironmentName(key));
      if (names.back() == name) found = &key;
    }
    if (found == nullptr) {
      // Not an error: a cluster sets variables of that prefix for a service called weir, as build
      // scripts do.
      const std::string nearest = Nearest(name, names);
      if (nearest.empty()) continue;
      settings.Warn(fmt::format("{} is no setting: did you mean {}?", name, nearest));
      continue;
    }
    TRY(settings.Set(std::string(found->name), value, "environment " + name));
  }
  return Status::OK();
}

Status CheckExposure(const ServerConfig& config) {
  if (config.insecure || config.is_loopback_only()) return Status::OK();
  const std::string& exposed =
      IsLoopbackEndpoint(config.grpc_endpoint) ? config.http_endpoint : config.grpc_endpoint;
  return Error(ErrorKind::kBadRequest,
               fmt::format("endpoint {} can be reached from other machines, without TLS: "
                           "use 127.0.0.1, or say --insecure if the network is trusted",
                           exposed));
}

}  // namespace

bool ServerConfig::is_loopback_only() const {
  return IsLoopbackEndpoint(grpc_endpoint) && IsLoopbackEndpoint(http_endpoint);
}

Result<LoadedConfig> LoadConfig(const ConfigInputs& inputs) {
  Settings settings;
  for (const ConfigKey& key : ConfigKeys()) {
    TRY(settings.Set(std::string(key.name), key.default_value, "default"));
  }
  if (!inputs.file.empty()) TRY(SetFromFile(inputs.file, settings));
  TRY(SetFromEnvironment(inputs, settings));
  for (const auto& [name, value] : inputs.flags) TRY(settings.Set(name, value, "flag"));
  TRY(CheckExposure(settings.config()));
  return std::move(settings).Take();
}

std::vector<std::pair<std::string, std::string>> ProcessEnvironment() {
  std::vector<std::pair<std::string, std::string>> variables;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const size_t equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    variables.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

}  // namespace weir::cli
