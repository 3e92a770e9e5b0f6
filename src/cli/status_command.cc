// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/api_client.h"
#include "cli/commands.h"
#include "cli/text_table.h"

namespace weir::cli {
namespace {

using nlohmann::ordered_json;

void PrintStatus(const ordered_json& status) {
  const auto can_ack = status.find("can_ack");
  const bool is_ready = can_ack != status.end() && *can_ack == true;
  std::string endpoints;
  for (const auto& endpoint : ArrayAt(status, "endpoints")) {
    endpoints += (endpoints.empty() ? "" : ", ") + endpoint.get<std::string>();
  }
  fmt::print("weir {}, up {}\n", TextAt(status, "version"),
             DurationText(IntAt(status, "uptime_s")));
  fmt::print("accepting  {}\n", is_ready ? "yes" : "no: " + TextAt(status, "reason"));
  fmt::print("endpoints  {}\n", endpoints);
  fmt::print("data       {}\n", TextAt(status, "data_dir"));
  const auto figures = status.find("figures");
  if (figures == status.end()) return;
  for (const auto& [name, value] : figures->items()) fmt::print("{}  {}\n", name, value.dump());
}

/// Kept alive by the command's callback.
struct State {
  ApiOptions options;
};

Status RunStatus(const ApiOptions& options) {
  const auto status = TRY(AskApi(options, "/api/v1/status"));
  if (options.json) {
    fmt::print("{}\n", status.dump());
  } else {
    PrintStatus(status);
  }
  return Status::OK();
}

}  // namespace

void AddStatusCommand(CLI::App& app, ExitCode& exit_code) {
  auto state = std::make_shared<State>();  // Shared by CLI11's copies of the callback.
  CLI::App* command = app.add_subcommand("status", "How a running server is");
  command->footer("Examples:\n  weir status\n  weir status --data ./weir-data --json");
  AddApiOptions(*command, state->options);
  command->callback([state, &exit_code] { exit_code = Report(RunStatus(state->options)); });
}

}  // namespace weir::cli
