// SPDX-License-Identifier: Apache-2.0
#pragma once
// Loading one table through the Iceberg REST catalog: Weir's own or an engine's.

#include <string>

#include "serve/iceberg/lake.h"
#include "serve/router.h"

namespace weir::serve::iceberg {

/// The table's metadata, or 304 where the client has it already. Arguments: namespace, table.
Result<net::Response> AnswerTable(const Lake& lake, const Call& call);

/// 204 or 404.
Result<net::Response> AnswerTableExists(const Lake& lake, const Call& call);

/// A LoadTableResult with its ETag. `metadata`: the document's text.
net::Response TableAnswer(const std::string& metadata_location, const std::string& metadata);

}  // namespace weir::serve::iceberg
