// SPDX-License-Identifier: Apache-2.0
#pragma once
// Puts committed entries into Delta logs: what the catalog holds as pending becomes a file, once,
// in order.

#include "base/result.h"
#include "catalog/catalog.h"
#include "store/store.h"

namespace weir::commit {

/// Publishes every pending entry. Doing it again, or from two places at once, is harmless: an entry
/// that is there with the same bytes is done. Errors: kInternal when an entry is there with other
/// bytes (someone else writes to the log).
Status PublishPendingDelta(store::Store& store, catalog::Catalog& catalog);

}  // namespace weir::commit
