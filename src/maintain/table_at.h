// SPDX-License-Identifier: Apache-2.0
#pragma once
// A table at the snapshot that the catalog has, for what changes it.

#include "base/result.h"
#include "catalog/catalog.h"
#include "store/store.h"
#include "table/iceberg/table_state.h"

namespace weir::maintain {

/// Errors: kNotFound where the table moved on and its metadata file went since `entry` was loaded;
/// kBadRequest where it lies elsewhere or is no metadata.
Result<table::iceberg::TableState> TableAt(const store::Store& store,
                                           const catalog::TableEntry& entry);

}  // namespace weir::maintain
