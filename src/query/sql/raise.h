// SPDX-License-Identifier: Apache-2.0
#pragma once
// How what DuckDB calls tells it of a failure: the only place of ours that throws, as it has to.

#include "base/result.h"

namespace weir::query::sql {

/// Throws what DuckDB gives back as the query's error. Only for functions that DuckDB calls.
[[noreturn]] void Raise(const Status& failure);

}  // namespace weir::query::sql
