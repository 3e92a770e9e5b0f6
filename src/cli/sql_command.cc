// SPDX-License-Identifier: Apache-2.0
#include "cli/sql_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <iostream>
#include <iterator>
#include <memory>
#include <string_view>

#include "cli/api_client.h"
#include "cli/commands.h"
#include "cli/text_table.h"

namespace weir::cli {
namespace {

using nlohmann::ordered_json;

// A table for people; the other forms have all rows that the server allows.
constexpr int64_t kTableRows = 1'000;
constexpr size_t kCellCharsMax = 100;

struct State {
  ApiOptions options;
  OpenSqlFolder open_folder;
  std::string text, format = "table";
  int64_t rows_max = 0, time_max_s = 0;
};

Result<AskSql> AskerOf(const State& state) {
  const AskSql server = [&state](const std::string& body, const std::string& accept) {
    return PostForAnswer(state.options, "/api/sql", body, accept);
  };
  if (state.options.data_dir.empty() || !state.open_folder) return server;
  auto folder = state.open_folder(state.options.data_dir);
  // Where a server holds the folder, it answers.
  if (!folder.ok() && KindOf(folder.status()) == ErrorKind::kConflict) return server;
  return folder;
}

std::string AcceptOf(const std::string& format) {
  if (format == "csv") return "text/csv";
  return format == "arrow" ? "application/vnd.apache.arrow.stream" : "application/json";
}

/// One line of at most kCellCharsMax bytes, cut between characters.
std::string Cell(const ordered_json& value) {
  std::string text = value.is_string()
                         ? value.get<std::string>()
                         : value.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') c = ' ';
  }
  if (text.size() <= kCellCharsMax) return text;
  size_t end = kCellCharsMax;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "…";
}

bool IsNumber(const std::string& type) {
  for (const char* name : {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT",
                           "USMALLINT", "UINTEGER", "UBIGINT", "FLOAT", "DOUBLE"}) {
    if (type == name) return true;
  }
  return type.starts_with("DECIMAL");
}

/// What was read of what there was, for stderr.
std::string Footer(const ordered_json& answer) {
  int64_t files = 0, pruned = 0;
  const auto scanned = answer.find("scanned");
  if (scanned == answer.end()) return "";
  for (const auto& table : ArrayAt(*scanned, "tables")) {
    files += IntAt(table, "files");
    pruned += IntAt(table, "files_pruned");
  }
  const auto took = answer.find("elapsed_ms");
  const double ms = took != answer.end() && took->is_number() ? took->get<double>() : 0;
  return fmt::format("{} row{} in {:.0f} ms; {} of {} files, {} read", IntAt(answer, "row_count"),
                     IntAt(answer, "row_count") == 1 ? "" : "s", ms, files, files + pruned,
                     BytesText(IntAt(*scanned, "read_bytes")));
}

void PrintTable(const ordered_json& answer) {
  std::vector<TextTable::Column> columns;
  for (const auto& column : ArrayAt(answer, "columns")) {
    columns.push_back({TextAt(column, "name"), IsNumber(TextAt(column, "type"))});
  }
  TextTable table(columns);
  for (const auto& row : ArrayAt(answer, "rows")) {
    std::vector<std::string> cells;
    for (const auto& value : row) cells.push_back(Cell(value));
    cells.resize(columns.size());
    table.Add(std::move(cells));
  }
  fmt::print("{}", table.ToText(UseColour()));
  fmt::print(stderr, "{}\n", Footer(answer));
  const auto is_cut = answer.find("is_cut");
  if (is_cut != answer.end() && *is_cut == true) {
    fmt::print(stderr, "weir: there are more rows; --rows says how many are shown\n");
  }
}

Status Run(State& state) {
  if (state.text == "-" || state.text.empty()) {
    if (state.text.empty() && ::isatty(STDIN_FILENO) == 1) {
      return Error(ErrorKind::kBadRequest, "a statement is missing: weir sql \"SELECT …\"");
    }
    state.text.assign(std::istreambuf_iterator<char>(std::cin), {});
  }
  ordered_json body = {{"query", state.text}};
  if (state.rows_max > 0) body["rows_max"] = state.rows_max;
  if (state.rows_max == 0 && state.format == "table") body["rows_max"] = kTableRows;
  if (state.time_max_s > 0) body["time_max_ms"] = state.time_max_s * 1'000;
  const AskSql ask = TRY(AskerOf(state));
  const HttpAnswer answer = TRY(ask(
      body.dump(-1, ' ', false, ordered_json::error_handler_t::replace), AcceptOf(state.format)));
  if (answer.status != 200 || state.format == "table") {
    const ordered_json json = TRY(ReadAnswer("the server", answer));
    PrintTable(json);
    return Status::OK();
  }
  std::fwrite(answer.body.data(), 1, answer.body.size(), stdout);
  if (state.format == "json") std::fputc('\n', stdout);
  return Status::OK();
}

}  // namespace

void AddSqlCommand(CLI::App& app, ExitCode& exit_code, OpenSqlFolder open_folder) {
  auto state = std::make_shared<State>();  // Shared by CLI11's copies of the callback.
  state->open_folder = std::move(open_folder);
  // A query may take its whole time before the answer begins.
  state->options.timeout = std::chrono::hours(24);
  CLI::App* command = app.add_subcommand("sql", "Query the tables");
  command->footer(
      "Examples:\n"
      "  weir sql \"SELECT service_name, count(*) FROM otel_spans GROUP BY ALL\"\n"
      "  weir sql \"SELECT * FROM otel_logs WHERE time > now() - INTERVAL 1 HOUR\" --format csv\n"
      "  weir sql --data ./weir-data --format arrow < query.sql > rows.arrows\n"
      "With --data it works without a server too.");
  AddApiOptions(*command, state->options);
  command->add_option("statement", state->text, "The statement; from standard input without");
  command
      ->add_option("--format", state->format, "table, json, csv or arrow (an IPC stream) [table]")
      ->check(CLI::IsMember({"table", "json", "csv", "arrow"}));
  command
      ->add_option("--rows", state->rows_max, "Rows at most [table: 1000; else the server's limit]")
      ->check(CLI::PositiveNumber);
  command->add_option("--time", state->time_max_s, "Seconds at most [the server's limit]")
      ->check(CLI::PositiveNumber);
  command->callback([state, &exit_code] {
    if (state->options.json) state->format = "json";
    exit_code = Report(Run(*state));
  });
}

}  // namespace weir::cli
