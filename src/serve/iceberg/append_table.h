// SPDX-License-Identifier: Apache-2.0
#pragma once
// Appends of engines to Weir's own tables.

#include "serve/iceberg/own_table.h"

namespace weir::serve::iceberg {

/// Errors: Problems 403 for what is no append, 400 for an append that does not fit, 409 for one
/// that must be made anew; kUnknownOutcome.
Status AppendToTable(const Lake& lake, const OwnChange& change);

}  // namespace weir::serve::iceberg
