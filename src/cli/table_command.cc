// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>

#include "cli/alter_command.h"
#include "cli/api_client.h"
#include "cli/commands.h"
#include "cli/table_path.h"
#include "cli/text_table.h"
#include "cli/verify_command.h"

namespace weir::cli {
namespace {

using nlohmann::ordered_json;

struct State {
  ApiOptions options;
  std::string table;
};

void PrintTables(const ordered_json& answer) {
  TextTable table({{"TABLE"}, {"ROWS", true}, {"FILES", true}, {"SIZE", true}, {"UPDATED"}});
  for (const auto& line : ArrayAt(answer, "tables")) {
    table.Add({TextAt(line, "schema") + "." + TextAt(line, "name"),
               GroupedNumber(IntAt(line, "rows")), GroupedNumber(IntAt(line, "files")),
               BytesText(IntAt(line, "bytes")), UtcText(IntAt(line, "updated_ms"))});
  }
  fmt::print("{}", table.ToText(UseColour()));
}

std::string Joined(const ordered_json& names) {
  std::string text;
  for (const auto& name : names) {
    text += (text.empty() ? "" : ", ") + (name.is_string() ? name.get<std::string>() : "");
  }
  return text;
}

void PrintTable(const ordered_json& answer) {
  fmt::print("{}.{}\n", TextAt(answer, "schema"), TextAt(answer, "name"));
  fmt::print("rows         {} in {} files, {}\n", GroupedNumber(IntAt(answer, "rows")),
             GroupedNumber(IntAt(answer, "files")), BytesText(IntAt(answer, "bytes")));
  fmt::print("updated      {}\n", UtcText(IntAt(answer, "updated_ms")));
  fmt::print("partitioned  {}\n", Joined(ArrayAt(answer, "partitioned_by")));
  fmt::print("sorted       {}\n", Joined(ArrayAt(answer, "sorted_by")));
  fmt::print("iceberg      snapshot {}, {}\n", TextAt(answer, "snapshot_id"),
             TextAt(answer, "metadata_location"));
  fmt::print("delta        version {}, {}\n\n", IntAt(answer, "delta_version"),
             TextAt(answer, "delta_path"));
  TextTable columns({{"ID", true}, {"COLUMN"}, {"TYPE"}, {"NULL"}});
  for (const auto& column : ArrayAt(answer, "columns")) {
    const auto required = column.find("required");
    const bool is_required = required != column.end() && *required == true;
    columns.Add({std::to_string(IntAt(column, "id")), TextAt(column, "name"),
                 TextAt(column, "type"), is_required ? "no" : "yes"});
  }
  fmt::print("{}", columns.ToText(UseColour()));
}

void PrintFiles(const ordered_json& answer) {
  TextTable table({{"DATE"}, {"ROWS", true}, {"SIZE", true}, {"PATH"}});
  for (const auto& file : ArrayAt(answer, "files")) {
    table.Add({TextAt(file, "date"), GroupedNumber(IntAt(file, "rows")),
               BytesText(IntAt(file, "bytes")), TextAt(file, "path")});
  }
  fmt::print("{}", table.ToText(UseColour()));
  const auto is_complete = answer.find("is_complete");
  if (is_complete != answer.end() && *is_complete == false) {
    fmt::print(stderr, "weir: there are more files than are shown\n");
  }
}

void PrintSnapshots(const ordered_json& answer) {
  TextTable table({{"SNAPSHOT", true},
                   {"TIME"},
                   {"OPERATION"},
                   {"ADDED ROWS", true},
                   {"ADDED FILES", true},
                   {"TOTAL ROWS", true},
                   {"TOTAL FILES", true}});
  for (const auto& snapshot : ArrayAt(answer, "snapshots")) {
    table.Add({TextAt(snapshot, "snapshot_id"), UtcText(IntAt(snapshot, "timestamp_ms")),
               TextAt(snapshot, "operation"), GroupedNumber(IntAt(snapshot, "added_rows")),
               GroupedNumber(IntAt(snapshot, "added_files")),
               GroupedNumber(IntAt(snapshot, "total_rows")),
               GroupedNumber(IntAt(snapshot, "total_files"))});
  }
  fmt::print("{}", table.ToText(UseColour()));
}

using Print = void (*)(const ordered_json&);

Status Run(const State& state, const std::string& target, Print print) {
  const auto answer = TRY(AskApi(state.options, target));
  if (state.options.json) {
    fmt::print("{}\n", answer.dump());
  } else {
    print(answer);
  }
  return Status::OK();
}

Status RunOnTable(const State& state, std::string_view what, Print print) {
  const std::string path = TRY(TablePath(state.table));
  return Run(state, fmt::format("/api/v1/tables/{}{}", path, what), print);
}

struct Verb {
  const char *name, *description, *what;
  Print print;
};

void AddVerb(CLI::App& parent, const Verb& verb, ExitCode& exit_code) {
  auto state = std::make_shared<State>();  // Shared by CLI11's copies of the callback.
  CLI::App* command = parent.add_subcommand(verb.name, verb.description);
  AddApiOptions(*command, state->options);
  command->add_option("table", state->table, "otel_spans, or schema.name")->required();
  command->callback(
      [state, verb, &exit_code] { exit_code = Report(RunOnTable(*state, verb.what, verb.print)); });
}

}  // namespace

void AddTableCommand(CLI::App& app, ExitCode& exit_code, OpenFolder open_folder) {
  CLI::App* table = app.add_subcommand("table", "Look at the published tables, and alter them");
  table->require_subcommand(1);
  table->footer(
      "Examples:\n  weir table ls\n  weir table show otel_spans\n"
      "  weir table files otel_spans --json\n  weir table snapshots telemetry.otel_logs\n"
      "  weir table verify\n  weir table alter promote otel_spans --attribute http.flavor");
  auto state = std::make_shared<State>();
  CLI::App* list = table->add_subcommand("ls", "All tables and their sizes");
  AddApiOptions(*list, state->options);
  list->callback(
      [state, &exit_code] { exit_code = Report(Run(*state, "/api/v1/tables", PrintTables)); });
  AddVerb(*table, {"show", "Columns, place and both formats' heads", "", PrintTable}, exit_code);
  AddVerb(*table, {"files", "Data files of the current snapshot", "/files", PrintFiles}, exit_code);
  AddVerb(*table, {"snapshots", "Snapshots, newest first", "/snapshots", PrintSnapshots},
          exit_code);
  AddVerifyVerb(*table, std::move(open_folder), exit_code);
  AddAlterVerb(*table, exit_code);
}

}  // namespace weir::cli
