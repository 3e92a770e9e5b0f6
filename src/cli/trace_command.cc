// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <limits>
#include <memory>

#include "cli/api_client.h"
#include "cli/commands.h"
#include "cli/text_table.h"
#include "cli/trace_tree.h"

namespace weir::cli {
namespace {

using nlohmann::ordered_json;

constexpr int kWidthDefault = 100, kWidthMin = 60, kWidthMax = 400;
// What a waterfall needs, so that large traces are quick.
constexpr std::string_view kDrawnColumns =
    "service_name,span_id,parent_span_id,name,start_time_unix_nano,duration_ns,status_code,"
    "status_message";

struct State {
  ApiOptions options;
  std::string trace_id, since, until, schema, prefix;
  int64_t lines_max = 1'000;
};

std::string TargetOf(const State& state) {
  std::string target = fmt::format("/api/v1/traces/{}?", UrlText(state.trace_id));
  const auto add = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) target += fmt::format("{}={}&", name, UrlText(value));
  };
  add("since", state.since);
  add("until", state.until);
  add("schema", state.schema);
  add("prefix", state.prefix);
  if (!state.options.json) target += fmt::format("columns={}&", kDrawnColumns);
  return target;
}

/// All pages of the answer as one.
Result<ordered_json> AskAll(const State& state) {
  const std::string target = TargetOf(state);
  ordered_json all = TRY(AskApi(state.options, target + "first=0"));
  while (all["next"].is_number_integer()) {
    const int64_t first = all["next"].get<int64_t>();
    ordered_json more = TRY(AskApi(state.options, fmt::format("{}first={}", target, first)));
    if (IntAt(more, "next") != 0 && IntAt(more, "next") <= first) break;
    for (auto& span : more["spans"]) all["spans"].push_back(std::move(span));
    all["next"] = more["next"];
  }
  return all;
}

TraceSpan SpanOf(const ordered_json& json) {
  TraceSpan span{.span_id = TextAt(json, "span_id"),
                 .parent_span_id = TextAt(json, "parent_span_id"),
                 .service = TextAt(json, "service_name"),
                 .name = TextAt(json, "name"),
                 .status_message = TextAt(json, "status_message"),
                 .duration_ns = IntAt(json, "duration_ns"),
                 .has_error = TextAt(json, "status_code") == "STATUS_CODE_ERROR"};
  const std::string start = TextAt(json, "start_time_unix_nano");
  std::from_chars(start.data(), start.data() + start.size(), span.start_unix_nano);
  return span;
}

int TerminalWidth() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    return std::clamp<int>(size.ws_col, kWidthMin, kWidthMax);
  }
  return kWidthDefault;
}

void Draw(const ordered_json& answer, int64_t lines_max) {
  std::vector<TraceSpan> spans;
  int64_t start = std::numeric_limits<int64_t>::max(), end = 0, errors = 0;
  for (const auto& span : ArrayAt(answer, "spans")) {
    spans.push_back(SpanOf(span));
    start = std::min(start, spans.back().start_unix_nano);
    end = std::max(end, spans.back().start_unix_nano + spans.back().duration_ns);
    errors += spans.back().has_error;
  }
  fmt::print("trace {}  {}  {} span{}  {}  {} error{}\n", TextAt(answer, "trace_id"),
             UtcText(start / 1'000'000), GroupedNumber(std::ssize(spans)),
             spans.size() == 1 ? "" : "s", SpanDurationText(end - start), GroupedNumber(errors),
             errors == 1 ? "" : "s");
  std::vector<TreeLine> lines = LayOutTree(spans);
  const auto all = std::ssize(lines);
  lines.resize(static_cast<size_t>(std::min(all, lines_max)));
  fmt::print("{}",
             DrawWaterfall(spans, lines, {.width = TerminalWidth(), .use_colour = UseColour()}));
  if (all > lines_max) {
    fmt::print(stderr, "weir: {} spans more; --limit says how many are shown\n",
               GroupedNumber(all - lines_max));
  }
  const auto is_cut = answer.find("is_cut");
  if (is_cut != answer.end() && *is_cut == true) {
    fmt::print(stderr, "weir: the trace has more spans than are looked for\n");
  }
}

Status Run(const State& state) {
  const ordered_json answer = TRY(AskAll(state));
  if (state.options.json) {
    fmt::print("{}\n", answer.dump(-1, ' ', false, ordered_json::error_handler_t::replace));
  } else {
    Draw(answer, state.lines_max);
  }
  return Status::OK();
}

}  // namespace

void AddTraceCommand(CLI::App& app, ExitCode& exit_code) {
  auto state = std::make_shared<State>();  // Shared by CLI11's copies of the callback.
  CLI::App* command = app.add_subcommand("trace", "Show all spans of a trace");
  command->footer(
      "Examples:\n  weir trace 5b8efff798038103d269b633813fc60c\n"
      "  weir trace 5b8efff798038103d269b633813fc60c --json\n"
      "  weir trace 5b8efff798038103d269b633813fc60c --since 2026-11-20");
  AddApiOptions(*command, state->options);
  command->add_option("id", state->trace_id, "The trace's id, 32 hex digits")->required();
  command->add_option("--since", state->since,
                      "Only spans that start then or later: 2026-11-20T14:16:13Z");
  command->add_option("--until", state->until, "Only spans that start then or earlier");
  command->add_option("--schema", state->schema, "Of the tables [telemetry]");
  command->add_option("--prefix", state->prefix, "Of the tables' names, `team_`");
  command->add_option("--limit", state->lines_max, "Spans that are shown [1000]")
      ->check(CLI::PositiveNumber);
  command->callback([state, &exit_code] { exit_code = Report(Run(*state)); });
}

}  // namespace weir::cli
