// SPDX-License-Identifier: Apache-2.0
#pragma once
// Tables and tail as of one moment: each acknowledged row in exactly one of the two.

#include <functional>
#include <memory>

#include "base/result.h"
#include "catalog/catalog.h"
#include "signal/tail.h"

namespace weir::query {

/// Takes the tail, then calls `read_tables`, which asks the catalog where the tables are, and
/// leaves out of the tail what those versions have. In this order: what is committed in between is
/// in both, and left out by its number; the other way round it would be in neither, and lost.
/// `read_tables` may be called again; the last call counts. No tail: null.
/// Errors: kRetryLater where commits left no moment to be seen; the catalog's, the tail's,
/// those of `read_tables`.
Result<std::unique_ptr<signal::TailView>> TakeMoment(signal::Tail* tail,
                                                     const catalog::Catalog& catalog,
                                                     const std::function<Status()>& read_tables);

}  // namespace weir::query
