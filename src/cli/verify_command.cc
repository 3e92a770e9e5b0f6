// SPDX-License-Identifier: Apache-2.0
#include "cli/verify_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cctype>
#include <cstdio>
#include <memory>

#include "cli/table_path.h"
#include "cli/text_table.h"

namespace weir::cli {
namespace {

using nlohmann::ordered_json;

struct State {
  ApiOptions options{.timeout = std::chrono::minutes(10)};  // A long Delta log is read in one go.
  OpenFolder open_folder;
  std::vector<std::string> tables, forgotten;
  bool is_quick = false, is_deep = false;
  int64_t grace_s = 3600;
};

Result<Ask> AskerOf(const State& state) {
  const Ask server = [&state](const std::string& target) { return AskApi(state.options, target); };
  if (state.options.data_dir.empty() || !state.open_folder) return server;
  auto folder = state.open_folder(state.options.data_dir);
  // Where a server holds the folder, it answers.
  if (!folder.ok() && KindOf(folder.status()) == ErrorKind::kConflict) return server;
  return folder;
}

/// As `schema/name`: those that were named, else all.
Result<std::vector<std::string>> PathsOf(const State& state, const Ask& ask) {
  std::vector<std::string> paths;
  for (const std::string& table : state.tables) {
    std::string path = TRY(TablePath(table));
    paths.push_back(std::move(path));
  }
  if (!paths.empty()) return paths;
  const ordered_json answer = TRY(ask("/api/v1/verify"));
  for (const auto& table : ArrayAt(answer, "tables")) {
    paths.push_back(TextAt(table, "schema") + "/" + TextAt(table, "name"));
  }
  return paths;
}

/// On stderr; one line that is written over where that is a terminal.
void ShowProgress(const std::string& path, int64_t done, int64_t all) {
  const bool is_terminal = isatty(STDERR_FILENO) != 0;
  fmt::print(stderr, "{}weir: {}: {} of {} files{}", is_terminal ? "\r" : "", path,
             GroupedNumber(done), GroupedNumber(all), is_terminal && done < all ? "" : "\n");
}

/// Reads footers piece by piece; adds what is found to `report`.
Status VerifyFooters(const State& state, const Ask& ask, const std::string& path,
                     ordered_json& report) {
  const std::string target =
      fmt::format("/api/v1/verify/{}/footers?snapshot_id={}{}", path, TextAt(report, "snapshot_id"),
                  state.is_deep ? "&pages=1" : "");
  int64_t checked = 0, first = 0, errors = IntAt(report, "errors");
  while (true) {
    const ordered_json part = TRY(ask(fmt::format("{}&first={}", target, first)));
    checked += IntAt(part, "checked");
    errors += IntAt(part, "errors");
    for (const auto& finding : ArrayAt(part, "findings")) report["findings"].push_back(finding);
    const int64_t next = IntAt(part, "next");
    // Small tables are done before anyone asks.
    if (next > 0 || first > 0) {
      ShowProgress(path, next > 0 ? next : IntAt(part, "files"), IntAt(part, "files"));
    }
    if (next <= first) break;
    first = next;
  }
  report["errors"] = errors;
  report["footers"] = checked;
  return Status::OK();
}

/// `column=value` as a URL's parameter.
Result<std::string> ForgottenParameter(const std::string& text) {
  const size_t mark = text.find('=');
  if (mark == std::string::npos) {
    return Error(ErrorKind::kBadRequest,
                 fmt::format("--forgotten is `{}`, expected column=value as user_id=alice", text));
  }
  std::string parameter = "&" + text.substr(0, mark + 1);
  for (const unsigned char c : text.substr(mark + 1)) {
    parameter += std::isalnum(c) ? std::string(1, static_cast<char>(c)) : fmt::format("%{:02X}", c);
  }
  return parameter;
}

/// Older versions, and what is forgotten; adds what is found to `report`.
Status VerifyHistory(const State& state, const Ask& ask, const std::string& path,
                     ordered_json& report) {
  std::string target = fmt::format("/api/v1/verify/{}/history?grace_s={}", path, state.grace_s);
  for (const std::string& text : state.forgotten) {
    const std::string parameter = TRY(ForgottenParameter(text));
    target += parameter;
  }
  const ordered_json history = TRY(ask(target));
  for (const auto& finding : ArrayAt(history, "findings")) report["findings"].push_back(finding);
  for (const char* sum : {"errors", "warnings"}) {
    report[sum] = IntAt(report, sum) + IntAt(history, sum);
  }
  for (const char* fact : {"snapshots", "delta_versions", "searched_files"}) {
    report[fact] = IntAt(history, fact);
  }
  return Status::OK();
}

Result<ordered_json> Verify(const State& state, const Ask& ask, const std::string& path) {
  ordered_json report = TRY(ask(fmt::format("/api/v1/verify/{}?grace_s={}", path, state.grace_s)));
  const std::string snapshot = TextAt(report, "snapshot_id");
  if (!state.is_quick || !state.forgotten.empty()) TRY(VerifyHistory(state, ask, path, report));
  if (state.is_quick || snapshot == "0" || snapshot.empty()) return report;
  TRY(VerifyFooters(state, ask, path, report));
  return report;
}

std::string Verdict(const ordered_json& report) {
  const int64_t errors = IntAt(report, "errors"), warnings = IntAt(report, "warnings");
  std::string text = errors == 0 ? "ok" : fmt::format("{} error{}", errors, errors > 1 ? "s" : "");
  if (warnings > 0) text += fmt::format(", {} warning{}", warnings, warnings > 1 ? "s" : "");
  return text;
}

void Print(const ordered_json& report) {
  fmt::print("{}.{}: {}\n", TextAt(report, "schema"), TextAt(report, "name"), Verdict(report));
  const bool has_footers = report.contains("footers");
  fmt::print(
      "  snapshot {}, delta version {}: {} files, {} rows, {}; {}\n", TextAt(report, "snapshot_id"),
      IntAt(report, "delta_version"), GroupedNumber(IntAt(report, "files")),
      GroupedNumber(IntAt(report, "rows")), BytesText(IntAt(report, "bytes")),
      has_footers ? GroupedNumber(IntAt(report, "footers")) + " footers read" : "no footers read");
  if (report.contains("snapshots")) {
    fmt::print("  kept: {} snapshots, {} delta versions\n",
               GroupedNumber(IntAt(report, "snapshots")),
               GroupedNumber(IntAt(report, "delta_versions")));
  }
  const int64_t searched = IntAt(report, "searched_files");
  if (searched > 0) fmt::print("  searched for rows: {} files\n", GroupedNumber(searched));
  const ordered_json& findings = ArrayAt(report, "findings");
  for (const auto& finding : findings) {
    fmt::print("  {} {}: {} {}\n    found     {}\n    expected  {}\n    to do     {}\n",
               TextAt(finding, "severity"), TextAt(finding, "check"), TextAt(finding, "format"),
               TextAt(finding, "file"), TextAt(finding, "found"), TextAt(finding, "expected"),
               TextAt(finding, "advice"));
  }
  const int64_t all = IntAt(report, "errors") + IntAt(report, "warnings");
  const auto shown = static_cast<int64_t>(findings.size());
  if (all > shown) fmt::print("  and {} more\n", GroupedNumber(all - shown));
}

Result<ExitCode> Run(const State& state) {
  const Ask ask = TRY(AskerOf(state));
  const std::vector<std::string> paths = TRY(PathsOf(state, ask));
  ordered_json reports = ordered_json::array();
  int64_t errors = 0;
  for (const std::string& path : paths) {
    ordered_json report = TRY(Verify(state, ask, path));
    errors += IntAt(report, "errors");
    if (!state.options.json) Print(report);
    reports.push_back(std::move(report));
  }
  if (state.options.json) {
    fmt::print("{}\n", ordered_json({{"errors", errors}, {"tables", std::move(reports)}}).dump());
  }
  return errors == 0 ? ExitCode::kOk : ExitCode::kIntegrity;
}

}  // namespace

void AddVerifyVerb(CLI::App& table, OpenFolder open_folder, ExitCode& exit_code) {
  auto state = std::make_shared<State>();  // Shared by CLI11's copies of the callback.
  state->open_folder = std::move(open_folder);
  CLI::App* command = table.add_subcommand(
      "verify", "Prove that Iceberg and Delta say the same, and that it is on disk");
  command->footer(
      "Examples:\n  weir table verify\n  weir table verify otel_spans --quick\n"
      "  weir table verify --data ./weir-data --json\n"
      "With --data it works without a server too. Exit code 8: an error was found; warnings are "
      "none.");
  AddApiOptions(*command, state->options);
  command->add_option("tables", state->tables, "otel_spans, or schema.name; all without");
  command->add_flag("--quick", state->is_quick, "Leave older versions and files' footers out");
  command->add_flag("--deep", state->is_deep, "Decode every page of every data file too");
  command->add_option("--forgotten", state->forgotten,
                      "Prove that no file and no version has it: user_id=alice");
  command
      ->add_option("--grace", state->grace_s,
                   "Seconds for which a file that no table lists may wait for its commit [3600]")
      ->check(CLI::NonNegativeNumber);
  command->callback([state, &exit_code] {
    const auto outcome = Run(*state);
    exit_code = outcome.ok() ? *outcome : Report(outcome.status());
  });
}

}  // namespace weir::cli
