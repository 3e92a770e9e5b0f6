// SPDX-License-Identifier: Apache-2.0
#pragma once
// A table's name on the command line as the part of a URL that names it.

#include <string>

#include "base/result.h"

namespace weir::cli {

/// `schema/name` for `schema.name`, where a name alone is in `telemetry`. The server checks both.
/// Errors: kNotFound for what can be no name.
Result<std::string> TablePath(const std::string& table);

}  // namespace weir::cli
