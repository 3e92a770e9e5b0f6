// SPDX-License-Identifier: Apache-2.0
#pragma once
// `weir sql`: a query to a server, or to a data folder that none uses.

#include <functional>
#include <string>

#include "base/result.h"
#include "cli/http_client.h"

namespace weir::cli {

/// Answers POST `/api/sql` with that JSON body, in the form that `accept` names.
using AskSql =
    std::function<Result<HttpAnswer>(const std::string& body, const std::string& accept)>;
/// Errors: kConflict when a server uses the folder; kNotFound when it has no data.
using OpenSqlFolder = std::function<Result<AskSql>(const std::string& data_dir)>;

}  // namespace weir::cli
