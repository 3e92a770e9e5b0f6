// SPDX-License-Identifier: Apache-2.0
// The command line: one program, one command a verb.

#include <CLI/CLI.hpp>
#include <iostream>
#include <string>

#include "base/version.h"
#include "cli/commands.h"
#include "node/data_folder.h"
#include "node/serve_command.h"

int main(int argc, char** argv) {
  using weir::cli::ExitCode;
  CLI::App app(
      "Weir: telemetry in, open tables out.\n\n"
      "  weir serve                              receive OTLP on 127.0.0.1:4317 and :4318\n"
      "  weir status                             how the running server is\n"
      "  weir table show telemetry.otel_spans    where a table is and what is in it\n"
      "  weir sql \"SELECT count(*) FROM otel_spans\"   query the tables\n"
      "  weir trace 5b8efff798038103d269b633813fc60c  all spans of a trace\n"
      "  weir traces 'status:error duration>500ms'    traces by what their spans are\n"
      "  weir tail --service checkout            log records as they come\n");
  app.name("weir");
  app.set_version_flag("--version", std::string(weir::kVersion));
  app.formatter(weir::cli::ExamplesFirst());
  app.require_subcommand(0, 1);
  ExitCode exit_code = ExitCode::kOk;
  weir::node::AddServeCommand(app, exit_code);
  weir::cli::AddStatusCommand(app, exit_code);
  weir::cli::AddTableCommand(app, exit_code, weir::node::OpenDataFolder);
  weir::cli::AddTraceCommand(app, exit_code);
  weir::cli::AddSearchCommands(app, exit_code);
  weir::cli::AddTailCommand(app, exit_code);
  weir::cli::AddSqlCommand(app, exit_code, weir::node::OpenSqlFolder);
  weir::cli::AddMaintainCommand(app, exit_code);
  weir::cli::AddConfigCommand(app, exit_code);
  if (argc == 1) {
    std::cout << app.help();
    return 0;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // Help and version come this way too, with code 0.
    if (error.get_exit_code() == 0) return app.exit(error);
    const std::string suggestion = weir::cli::SuggestCommand(app, argv[1]);
    if (suggestion.empty()) {
      app.exit(error);
    } else {
      std::cerr << suggestion << "\n";
    }
    return static_cast<int>(ExitCode::kUsage);
  }
  return static_cast<int>(exit_code);
}
