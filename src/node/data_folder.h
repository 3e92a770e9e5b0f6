// SPDX-License-Identifier: Apache-2.0
#pragma once
// A data folder that no server uses, asked as a server would be.

#include <string>

#include "cli/api_client.h"
#include "cli/sql_command.h"

namespace weir::node {

/// Answers the routes below `/api/v1/verify` from `data_dir`. It is locked, so that no server
/// starts on it, for as long as what is returned lives. Nothing is written but a catalog of an
/// older version, which is brought up to date. Errors: kNotFound when there is no data; kConflict
/// when a server uses it.
Result<cli::Ask> OpenDataFolder(const std::string& data_dir);

/// As OpenDataFolder, but answers queries. What a server that died took last is seen, too: it is
/// read from its journals, which stay as they are for the next start.
Result<cli::AskSql> OpenSqlFolder(const std::string& data_dir);

}  // namespace weir::node
