// SPDX-License-Identifier: Apache-2.0
#include "cli/exit_code.h"

#include <fmt/format.h>

#include <cstdio>

namespace weir::cli {

ExitCode ExitCodeOf(const Status& status) {
  if (status.ok()) return ExitCode::kOk;
  switch (KindOf(status)) {
    case ErrorKind::kBadRequest: return ExitCode::kUsage;
    case ErrorKind::kUnauthorized: return ExitCode::kAuth;
    case ErrorKind::kNotFound: return ExitCode::kNotFound;
    case ErrorKind::kConflict: return ExitCode::kConflict;
    case ErrorKind::kUnknownOutcome:
    case ErrorKind::kRetryLater: return ExitCode::kTryAgain;
    case ErrorKind::kInternal: return ExitCode::kOther;
  }
  return ExitCode::kOther;
}

ExitCode Report(const Status& status) {
  if (!status.ok()) fmt::print(stderr, "weir: {}\n", status.message());
  return ExitCodeOf(status);
}

}  // namespace weir::cli
