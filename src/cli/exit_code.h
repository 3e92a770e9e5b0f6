// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the program's exit says to scripts. Part of the stable interface.

#include "base/result.h"

namespace weir::cli {

enum class ExitCode : int {
  kOk = 0,
  kOther = 1,
  kUsage = 2,
  kConfig = 3,
  kAuth = 4,
  kNotFound = 5,
  kConflict = 6,
  kTryAgain = 7,
  kIntegrity = 8,
};

/// The code for a failed command.
ExitCode ExitCodeOf(const Status& status);

/// Prints `status` as one line on stderr. Returns its code; kOk prints nothing.
ExitCode Report(const Status& status);

}  // namespace weir::cli
