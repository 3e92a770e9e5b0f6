// SPDX-License-Identifier: Apache-2.0
#pragma once
// `weir serve`.

#include "cli/exit_code.h"

namespace CLI {
class App;
}

namespace weir::node {

/// Adds the command. Chosen, it runs until SIGTERM or SIGINT, then stores its code.
void AddServeCommand(CLI::App& app, cli::ExitCode& exit_code);

}  // namespace weir::node
