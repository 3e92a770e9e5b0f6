// SPDX-License-Identifier: Apache-2.0
#pragma once
// From when to when, as URLs say it.

#include <cstdint>

#include "base/result.h"
#include "query/search/statement.h"
#include "serve/router.h"

namespace weir::serve {

/// The parameters `from` and `to`: what ParseTime reads, or `now`, `-15m`, `now-15m`, `+5m`.
/// Without `to`, now; without `from`, an hour before `to`. Errors: kBadRequest, also where `from`
/// is not before `to`.
Result<query::search::TimeWindow> TimeRangeIn(const Call& call, int64_t now_unix_nano);

}  // namespace weir::serve
