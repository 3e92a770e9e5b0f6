// SPDX-License-Identifier: Apache-2.0
#pragma once
// The commands that the program adds to its command line.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cli/api_client.h"
#include "cli/config.h"
#include "cli/exit_code.h"
#include "cli/sql_command.h"

namespace CLI {
class App;
class FormatterBase;
}  // namespace CLI

namespace weir::cli {

// Each adds a command that, when it is chosen, runs inside CLI11_PARSE and stores its code in
// `exit_code`, which outlives the app. Data goes to stdout, messages to stderr.

/// `weir status`.
void AddStatusCommand(CLI::App& app, ExitCode& exit_code);
/// `weir table ls|show|files|snapshots|verify`. `open_folder`: lets `verify` do without a server.
void AddTableCommand(CLI::App& app, ExitCode& exit_code, OpenFolder open_folder = {});
/// `weir trace ID`.
void AddTraceCommand(CLI::App& app, ExitCode& exit_code);
/// `weir traces|spans|logs|metrics`.
void AddSearchCommands(CLI::App& app, ExitCode& exit_code);
/// `weir tail`.
void AddTailCommand(CLI::App& app, ExitCode& exit_code);
/// `weir sql`. `open_folder`: lets it do without a server.
void AddSqlCommand(CLI::App& app, ExitCode& exit_code, OpenSqlFolder open_folder = {});
/// `weir maintain compact|expire|gc|forget|requests`.
void AddMaintainCommand(CLI::App& app, ExitCode& exit_code);
/// `weir config print|check`.
void AddConfigCommand(CLI::App& app, ExitCode& exit_code);

/// The flags that say how a server is configured: `--config`, `--data`, `--grpc`, `--http`,
/// `--insecure`, `--set`.
struct ConfigFlags {
  std::string file, data_dir, grpc, http;
  bool insecure = false;
  std::vector<std::string> settings;  // `key=value`.

  /// All sources together. Errors as LoadConfig's.
  Result<LoadedConfig> Load() const;
};
void AddConfigFlags(CLI::App& command, ConfigFlags& flags);

/// Help with the examples (a command's footer) before its options. Set it on the app before adding
/// commands.
std::shared_ptr<CLI::FormatterBase> ExamplesFirst();

/// What to say instead of CLI11's words when a command is mistyped: "unknown command `tabel`: did
/// you mean table?". Empty where `argument` is a command of `app` or nothing is near.
std::string SuggestCommand(const CLI::App& app, const std::string& argument);

}  // namespace weir::cli
