// SPDX-License-Identifier: Apache-2.0
#pragma once
// `weir table alter`: what a published table is given beyond its own.

#include "cli/exit_code.h"

namespace CLI {
class App;
}

namespace weir::cli {

/// Adds `alter` with its verbs below `weir table`.
void AddAlterVerb(CLI::App& table, ExitCode& exit_code);

}  // namespace weir::cli
