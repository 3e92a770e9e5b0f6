// SPDX-License-Identifier: Apache-2.0
// `weir maintain`: asks a running server's maintenance, waits for it and prints what was done.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "cli/api_client.h"
#include "cli/commands.h"
#include "cli/table_path.h"
#include "cli/text_table.h"

namespace weir::cli {
namespace {

using nlohmann::ordered_json;

constexpr std::chrono::milliseconds kPollPause{200};

struct State {
  ApiOptions options;
  std::string table;
  bool is_dry_run = false, is_no_wait = false;
  std::optional<int64_t> older_than_days, versions_older_than_s, grace_s;
  std::string date;
  std::string trace_id, user_id, session_id;
};

void PrintSteps(const ordered_json& operation) {
  const bool is_dry_run = operation.value("dry_run", false);
  const ordered_json& steps = ArrayAt(operation, "steps");
  if (steps.empty()) {
    fmt::print("nothing to do\n");
    return;
  }
  TextTable table(
      {{"TABLE"}, {"ACTION"}, {"SUBJECT"}, {"FILES", true}, {"ROWS", true}, {"SIZE", true}});
  for (const auto& step : steps) {
    table.Add({TextAt(step, "table"), TextAt(step, "action"), TextAt(step, "subject"),
               GroupedNumber(IntAt(step, "files")), GroupedNumber(IntAt(step, "rows")),
               BytesText(IntAt(step, "bytes"))});
  }
  fmt::print("{}", table.ToText(UseColour()));
  const int64_t more = IntAt(operation, "steps_not_listed");
  if (more > 0) fmt::print("and {} more\n", GroupedNumber(more));
  if (is_dry_run) fmt::print("a dry run: nothing was done\n");
}

void PrintRequest(const ordered_json& request) {
  fmt::print("request {} to forget by {}: {}\n", IntAt(request, "request"),
             TextAt(request, "column"), TextAt(request, "state"));
  for (const auto& table : ArrayAt(request, "tables")) {
    fmt::print("  {}: {} rows of {} files, {} versions dropped\n", TextAt(table, "table"),
               GroupedNumber(IntAt(table, "rows")), GroupedNumber(IntAt(table, "files")),
               GroupedNumber(IntAt(table, "versions")));
  }
}

void Print(const State& state, const ordered_json& answer, void (*print)(const ordered_json&)) {
  if (state.options.json) {
    fmt::print("{}\n", answer.dump());
  } else {
    print(answer);
  }
}

/// Asks for `target` until its state is one that ends.
Result<ordered_json> Wait(const State& state, const std::string& target) {
  while (true) {
    ordered_json answer = TRY(AskApi(state.options, target));
    const std::string at = TextAt(answer, "state");
    if (at == "done" || at == "failed") return answer;
    std::this_thread::sleep_for(kPollPause);
  }
}

Status RunOperation(const State& state, const std::string& verb, const ordered_json& body) {
  const auto begun = TRY(PostApi(state.options, "/api/v1/maintain/" + verb, body));
  const std::string target =
      fmt::format("/api/v1/maintain/operations/{}", IntAt(begun, "operation"));
  const ordered_json operation =
      TRY(state.is_no_wait ? AskApi(state.options, target) : Wait(state, target));
  Print(state, operation, PrintSteps);
  if (TextAt(operation, "state") != "failed") return Status::OK();
  return Error(ErrorKind::kRetryLater, fmt::format("{}: {}", verb, TextAt(operation, "error")));
}

Result<ordered_json> BodyOf(const State& state) {
  ordered_json body = {{"dry_run", state.is_dry_run}};
  if (!state.table.empty()) {
    std::string table = TRY(TablePath(state.table));
    std::ranges::replace(table, '/', '.');
    body["table"] = table;
  }
  if (state.older_than_days) body["older_than_days"] = *state.older_than_days;
  if (state.versions_older_than_s) body["versions_older_than_s"] = *state.versions_older_than_s;
  if (state.grace_s) body["grace_s"] = *state.grace_s;
  if (!state.date.empty()) body["date"] = state.date;
  return body;
}

Status RunVerb(const State& state, const std::string& verb) {
  const ordered_json body = TRY(BodyOf(state));
  return RunOperation(state, verb, body);
}

Status RunForget(const State& state) {
  ordered_json body = {{"dry_run", state.is_dry_run}};
  int given = 0;
  for (const auto& [column, value] : {std::pair("trace_id", &state.trace_id),
                                      {"user_id", &state.user_id},
                                      {"session_id", &state.session_id}}) {
    if (value->empty()) continue;
    ++given;
    body["column"] = column;
    body["value"] = *value;
  }
  if (given != 1) {
    return Error(ErrorKind::kBadRequest,
                 "say what to forget: one of --trace-id, --user-id and --session-id");
  }
  if (state.is_dry_run) return RunOperation(state, "forget", body);
  const auto begun = TRY(PostApi(state.options, "/api/v1/maintain/forget", body));
  const std::string target = fmt::format("/api/v1/maintain/forget/{}", IntAt(begun, "request"));
  const ordered_json request =
      TRY(state.is_no_wait ? AskApi(state.options, target) : Wait(state, target));
  Print(state, request, PrintRequest);
  return Status::OK();
}

Status RunRequests(const State& state) {
  const auto answer = TRY(AskApi(state.options, "/api/v1/maintain/forget"));
  Print(state, answer, [](const ordered_json& all) {
    for (const auto& request : ArrayAt(all, "requests")) PrintRequest(request);
  });
  return Status::OK();
}

/// What all verbs that do something have. `table`: whether it is of one table or all.
CLI::App* AddVerb(CLI::App& parent, const char* name, const char* description,
                  const std::shared_ptr<State>& state, bool has_table) {
  CLI::App* command = parent.add_subcommand(name, description);
  AddApiOptions(*command, state->options);
  command->add_flag("--dry-run", state->is_dry_run, "Say what would be done");
  command->add_flag("--no-wait", state->is_no_wait, "Do not wait until it is done");
  if (has_table) {
    command->add_option("--table", state->table, "otel_spans, or schema.name; all without");
  }
  return command;
}

void AddExpire(CLI::App& maintain, ExitCode& exit_code) {
  const auto state = std::make_shared<State>();  // Shared by CLI11's copies of the callback.
  CLI::App* command =
      AddVerb(maintain, "expire", "Drop partitions and versions that are old", state, true);
  command->footer(
      "Without an age or a date: what maintenance.retention_days says.\n"
      "  weir maintain expire --table otel_logs --older-than-days 30 --dry-run\n"
      "  weir maintain expire --table otel_logs --date 2026-01-31\n"
      "  weir maintain expire --versions-older-than 3600");
  command
      ->add_option("--older-than-days", state->older_than_days,
                   "Partitions whose day ended so long ago")
      ->check(CLI::NonNegativeNumber);
  command->add_option("--date", state->date, "One partition: its day, as 2026-01-31");
  command
      ->add_option("--versions-older-than", state->versions_older_than_s,
                   "Snapshots so many seconds old, but those that a tag or branch names")
      ->check(CLI::NonNegativeNumber);
  command->callback([state, &exit_code] { exit_code = Report(RunVerb(*state, "expire")); });
}

void AddGc(CLI::App& maintain, ExitCode& exit_code) {
  const auto state = std::make_shared<State>();
  CLI::App* command =
      AddVerb(maintain, "gc", "Delete files that no kept version has or names", state, true);
  command
      ->add_option("--grace", state->grace_s,
                   "Seconds that a file nobody names has to be old; it is older than the server's "
                   "start in any case [86400]")
      ->check(CLI::NonNegativeNumber);
  command->callback([state, &exit_code] { exit_code = Report(RunVerb(*state, "gc")); });
}

void AddForget(CLI::App& maintain, ExitCode& exit_code) {
  const auto state = std::make_shared<State>();
  CLI::App* command = AddVerb(
      maintain, "forget", "Remove rows from all tables, versions and files on disk", state, false);
  command->footer(
      "  weir maintain forget --user-id alice --dry-run\n"
      "  weir maintain forget --trace-id 4bf92f3577b34da6a3ce929d0e0e4736\n"
      "  weir table verify --forgotten user_id=alice");
  command->add_option("--trace-id", state->trace_id, "Rows of this trace");
  command->add_option("--user-id", state->user_id, "Rows of this user");
  command->add_option("--session-id", state->session_id, "Rows of this session");
  command->callback([state, &exit_code] { exit_code = Report(RunForget(*state)); });
}

}  // namespace

void AddMaintainCommand(CLI::App& app, ExitCode& exit_code) {
  CLI::App* maintain = app.add_subcommand("maintain", "Compact, expire, clean up, forget");
  maintain->require_subcommand(1);
  maintain->footer(
      "A running server does all of this by itself; these do it now, or in other measure.\n"
      "Examples:\n  weir maintain compact --table otel_spans\n  weir maintain expire --dry-run\n"
      "  weir maintain gc\n  weir maintain forget --user-id alice\n  weir maintain requests");
  const auto compact = std::make_shared<State>();
  AddVerb(*maintain, "compact", "Make few files of many, until nothing is due", compact, true)
      ->callback([compact, &exit_code] { exit_code = Report(RunVerb(*compact, "compact")); });
  AddExpire(*maintain, exit_code);
  AddGc(*maintain, exit_code);
  AddForget(*maintain, exit_code);
  const auto requests = std::make_shared<State>();
  CLI::App* list = maintain->add_subcommand("requests", "Requests to forget, newest first");
  AddApiOptions(*list, requests->options);
  list->callback([requests, &exit_code] { exit_code = Report(RunRequests(*requests)); });
}

}  // namespace weir::cli
