// SPDX-License-Identifier: Apache-2.0
// `weir tail`: log records or spans as they come, until Ctrl-C.

#include <fmt/format.h>
#include <signal.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <string>

#include "cli/api_client.h"
#include "cli/commands.h"
#include "cli/search_query.h"
#include "cli/search_rows.h"
#include "cli/text_table.h"

namespace weir::cli {
namespace {

using nlohmann::ordered_json;

// How long one request waits; less than ApiOptions::timeout.
constexpr int kWaitMillis = 10'000;
constexpr int64_t kRowsAtOnce = 500;

// Set by the signal; waiting for an answer ends with it.
volatile sig_atomic_t is_stopped = 0;

struct State {
  ApiOptions options;
  SearchQuery query;
  std::string signal = "logs";
  int64_t rows_max = 0;
};

/// Without SA_RESTART, so that a read under way returns.
void StopOnInterrupt() {
  struct sigaction action = {};
  action.sa_handler = [](int) { is_stopped = 1; };
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

void Print(const State& state, const ordered_json& answer) {
  if (!state.options.json) {
    fmt::print("{}", RowLines(state.signal, answer, UseColour()));
  } else {
    const auto& columns = ArrayAt(answer, "columns");
    for (const auto& row : ArrayAt(answer, "rows")) {
      ordered_json object;
      for (size_t i = 0; i < row.size() && i < columns.size(); ++i) {
        object[TextAt(columns[i], "name")] = row[i];
      }
      fmt::print("{}\n", object.dump(-1, ' ', false, ordered_json::error_handler_t::replace));
    }
  }
  std::fflush(stdout);
}

Status Run(const State& state) {
  StopOnInterrupt();
  const std::string target = fmt::format("/api/v1/tail?signal={}&q={}", UrlText(state.signal),
                                         UrlText(state.query.ToText()));
  Result<ordered_json> answer = AskApi(state.options, target);
  int64_t printed = 0;
  while (is_stopped == 0 && answer.ok()) {
    Print(state, *answer);
    printed += std::ssize(ArrayAt(*answer, "rows"));
    if (state.rows_max > 0 && printed >= state.rows_max) return Status::OK();
    std::string next =
        fmt::format("{}&wait_ms={}&cursor={}", target, kWaitMillis, TextAt(*answer, "cursor"));
    if (state.rows_max > 0) {
      next += fmt::format("&limit={}", std::min(kRowsAtOnce, state.rows_max - printed));
    }
    answer = AskApi(state.options, next);
  }
  return is_stopped != 0 ? Status::OK() : answer.status();
}

}  // namespace

void AddTailCommand(CLI::App& app, ExitCode& exit_code) {
  auto state = std::make_shared<State>();  // Shared by CLI11's copies of the callback.
  CLI::App* command = app.add_subcommand("tail", "Follow log records or spans as they come");
  command->footer(
      "Examples:\n  weir tail\n  weir tail --service checkout 'level>=warn'\n"
      "  weir tail --signal spans 'duration>500ms' --json\n"
      "It ends with Ctrl-C.");
  AddApiOptions(*command, state->options);
  AddQueryOptions(*command, state->query);
  command->add_option("--signal", state->signal, "logs, spans or metrics [logs]")
      ->check(CLI::IsMember({"logs", "spans", "metrics"}));
  command->add_option("--limit", state->rows_max, "End after so many rows")
      ->check(CLI::PositiveNumber);
  command->callback([state, &exit_code] { exit_code = Report(Run(*state)); });
}

}  // namespace weir::cli
