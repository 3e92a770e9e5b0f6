// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/config_key.h"
#include "cli/nearest.h"
#include "cli/text_table.h"

namespace weir::cli {
namespace {

using nlohmann::ordered_json;

struct State {
  ConfigFlags flags;
  bool effective = false;
  bool json = false;
};

/// A file that the server would read. Dotted keys would be wrong there, so the levels are written
/// out.
std::string YamlOf(const LoadedConfig& loaded) {
  std::string out;
  std::vector<std::string> open;  // The levels of the line before.
  for (const ConfigValue& value : loaded.values) {
    const std::vector<std::string> parts = CLI::detail::split(value.key, '.');
    size_t shared = 0;
    while (shared + 1 < parts.size() && shared < open.size() && parts[shared] == open[shared]) {
      ++shared;
    }
    for (size_t i = shared; i + 1 < parts.size(); ++i) {
      out += fmt::format("{:{}}{}:\n", "", 2 * i, parts[i]);
    }
    out += fmt::format("{:{}}{}: {}  # {}\n", "", 2 * (parts.size() - 1), parts.back(), value.value,
                       FindConfigKey(value.key)->meaning);
    open.assign(parts.begin(), parts.end() - 1);
  }
  return out;
}

void PrintEffective(const LoadedConfig& loaded) {
  TextTable table({{"KEY"}, {"VALUE"}, {"FROM"}});
  for (const ConfigValue& value : loaded.values) table.Add({value.key, value.value, value.source});
  fmt::print("{}", table.ToText(UseColour()));
}

void PrintJson(const LoadedConfig& loaded) {
  ordered_json values = ordered_json::array();
  for (const ConfigValue& value : loaded.values) {
    values.push_back({{"key", value.key}, {"value", value.value}, {"source", value.source}});
  }
  fmt::print("{}\n", ordered_json{{"values", values}}.dump());
}

/// Loads and tells of what is wrong; every failure is a failure of the configuration.
template <typename Act>
ExitCode WithConfig(const State& state, Act act) {
  auto loaded = state.flags.Load();
  if (!loaded.ok()) {
    Report(loaded.status());
    return ExitCode::kConfig;
  }
  for (const std::string& warning : loaded->warnings) {
    fmt::print(stderr, "weir: warning: {}\n", warning);
  }
  act(*loaded);
  return ExitCode::kOk;
}

ExitCode RunPrint(const State& state) {
  return WithConfig(state, [&state](const LoadedConfig& loaded) {
    if (state.json) return PrintJson(loaded);
    if (state.effective) return PrintEffective(loaded);
    fmt::print("{}", YamlOf(loaded));
  });
}

ExitCode RunCheck(const State& state) {
  return WithConfig(state,
                    [](const LoadedConfig&) { fmt::print(stderr, "the configuration is good\n"); });
}

}  // namespace

Result<LoadedConfig> ConfigFlags::Load() const {
  ConfigInputs inputs{.file = file, .environment = ProcessEnvironment()};
  const auto add = [&inputs](const char* key, const std::string& value) {
    if (!value.empty()) inputs.flags.emplace_back(key, value);
  };
  for (const std::string& setting : settings) {
    const size_t equals = setting.find('=');
    if (equals == std::string::npos) {
      return Error(ErrorKind::kBadRequest, fmt::format("--set {}: expected key=value", setting));
    }
    inputs.flags.emplace_back(setting.substr(0, equals), setting.substr(equals + 1));
  }
  add("data_dir", data_dir);
  add("receivers.otlp.protocols.grpc.endpoint", grpc);
  add("receivers.otlp.protocols.http.endpoint", http);
  if (insecure) add("insecure", "true");
  return LoadConfig(inputs);
}

void AddConfigFlags(CLI::App& command, ConfigFlags& flags) {
  command.add_option("--config", flags.file, "YAML file with settings");
  command.add_option("--data", flags.data_dir, "Where everything is kept [./weir-data]");
  command.add_option("--grpc", flags.grpc, "Endpoint for gRPC [127.0.0.1:4317]");
  command.add_option("--http", flags.http, "Endpoint for HTTP [127.0.0.1:4318]");
  command.add_flag("--insecure", flags.insecure,
                   "Allow endpoints that other machines can reach, without TLS");
  command.add_option("--set", flags.settings, "Any setting, as commit.interval_ms=500")
      ->allow_extra_args(false);
}

void AddConfigCommand(CLI::App& app, ExitCode& exit_code) {
  CLI::App* config = app.add_subcommand("config", "Look at and check the server's configuration");
  config->require_subcommand(1);
  config->footer(
      "Examples:\n  weir config print > weir.yaml\n  weir config print --effective\n"
      "  weir config check --config weir.yaml");
  auto state = std::make_shared<State>();  // Shared by CLI11's copies of the callbacks.
  CLI::App* print = config->add_subcommand("print", "Print all settings as a YAML file");
  AddConfigFlags(*print, state->flags);
  print->add_flag("--effective", state->effective, "Show where each value comes from");
  print->add_flag("--json", state->json, "Print JSON");
  print->callback([state, &exit_code] { exit_code = RunPrint(*state); });
  CLI::App* check = config->add_subcommand("check", "Check the configuration and start nothing");
  AddConfigFlags(*check, state->flags);
  check->callback([state, &exit_code] { exit_code = RunCheck(*state); });
}

std::string SuggestCommand(const CLI::App& app, const std::string& argument) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(command->get_name());
  }
  const std::string nearest = Nearest(argument, names);
  if (nearest.empty() || nearest == argument) return "";
  return fmt::format("unknown command `{}`: did you mean {}?", argument, nearest);
}

}  // namespace weir::cli
