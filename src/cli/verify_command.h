// SPDX-License-Identifier: Apache-2.0
#pragma once
// `weir table verify`.

#include "cli/api_client.h"
#include "cli/exit_code.h"

namespace weir::cli {

/// Adds the verb to the command `table`. `open_folder`: for data folders that no server uses; may
/// be empty. Exits with kIntegrity when an error was found.
void AddVerifyVerb(CLI::App& table, OpenFolder open_folder, ExitCode& exit_code);

}  // namespace weir::cli
