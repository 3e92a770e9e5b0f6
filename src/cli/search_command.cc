// SPDX-License-Identifier: Apache-2.0
// `weir traces|spans|logs|metrics`: the search language, a list as its answer.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "cli/api_client.h"
#include "cli/commands.h"
#include "cli/search_query.h"
#include "cli/search_rows.h"
#include "cli/text_table.h"

namespace weir::cli {
namespace {

using nlohmann::ordered_json;

struct State {
  ApiOptions options;
  SearchQuery query;
  std::string signal, since, until, order;
  int64_t rows_max = 0;
  bool shows_sql = false;
};

std::string TargetOf(const State& state) {
  std::string target =
      fmt::format("/api/v1/search?signal={}&q={}", state.signal, UrlText(state.query.ToText()));
  if (!state.since.empty()) target += "&from=" + UrlText(FromText(state.since));
  if (!state.until.empty()) target += "&to=" + UrlText(FromText(state.until));
  if (!state.order.empty()) target += "&order=" + UrlText(state.order);
  if (state.rows_max > 0) target += fmt::format("&limit={}", state.rows_max);
  return target;
}

Status Run(const State& state) {
  const ordered_json answer = TRY(AskApi(state.options, TargetOf(state)));
  if (state.shows_sql) {
    fmt::print("{}\n", TextAt(answer, "sql"));
    return Status::OK();
  }
  if (state.options.json) {
    fmt::print("{}\n", answer.dump(-1, ' ', false, ordered_json::error_handler_t::replace));
    return Status::OK();
  }
  if (ArrayAt(answer, "rows").empty()) {
    fmt::print(stderr, "weir: no {} from {} to {} match; --since says how far to look back\n",
               state.signal, TextAt(answer, "from"), TextAt(answer, "to"));
    return Status::OK();
  }
  fmt::print("{}", RowsText(state.signal, answer, UseColour()));
  const auto is_cut = answer.find("is_cut");
  if (is_cut != answer.end() && *is_cut == true) {
    fmt::print(stderr, "weir: there are more; --limit says how many are shown\n");
  }
  return Status::OK();
}

struct Listed {
  const char *signal, *what, *examples;
};

constexpr Listed kListed[] = {
    {"traces", "List traces",
     "Examples:\n"
     "  weir traces --service checkout --since 30m\n"
     "  weir traces 'duration>500ms status:error' --order slowest\n"
     "  weir traces 'http.route:\"/api/cart\" NOT user.id:alice' --json"},
    {"spans", "List spans",
     "Examples:\n"
     "  weir spans --service checkout 'kind:server duration>1s'\n"
     "  weir spans 'db.system.name:postgresql status:error' --since 6h"},
    {"logs", "List log records",
     "Examples:\n"
     "  weir logs --service checkout --since 30m\n"
     "  weir logs 'level>=warn \"timed out\"'\n"
     "  weir logs trace:5b8efff798038103d269b633813fc60c --since 2026-11-20"},
    {"metrics", "List data points of metrics",
     "Examples:\n"
     "  weir metrics --service checkout 'metric:http.server.*'\n"
     "  weir metrics 'type:gauge value>0.9' --since 5m"},
};

void AddList(CLI::App& app, ExitCode& exit_code, const Listed& listed) {
  auto state = std::make_shared<State>();  // Shared by CLI11's copies of the callback.
  state->signal = listed.signal;
  CLI::App* command = app.add_subcommand(listed.signal, listed.what);
  command->footer(listed.examples);
  AddApiOptions(*command, state->options);
  AddQueryOptions(*command, state->query);
  command->add_option("--since", state->since,
                      "How far to look back, 30m, or since when, 2026-11-20T14:16:13Z [1h]");
  command->add_option("--until", state->until, "Up to when: 5m ago, or a time [now]");
  command->add_option("--order", state->order, "newest, slowest or errors [newest]");
  command->add_option("--limit", state->rows_max, "Rows at most [50]")->check(CLI::PositiveNumber);
  command->add_flag("--sql", state->shows_sql, "Show the SQL of it instead of rows");
  command->callback([state, &exit_code] { exit_code = Report(Run(*state)); });
}

}  // namespace

void AddSearchCommands(CLI::App& app, ExitCode& exit_code) {
  for (const Listed& listed : kListed) AddList(app, exit_code, listed);
}

}  // namespace weir::cli
