// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which files a scan must read: of one snapshot, or those that the appends between two brought.

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "store/store.h"
#include "table/iceberg/table_state.h"
#include "table/scan/filter.h"

namespace weir::table::scan {

struct Scan {
  int64_t snapshot_id = 0;                // Of an incremental scan: the last.
  std::optional<int64_t> after_snapshot;  // Incremental: what was appended after this one.
  Filter filter;
};

/// Tells the files that may have rows of the scan, in an order that is the same each time; false
/// ends it. `state`: of a metadata file that has the snapshots; its own manifests are not looked
/// at. Errors: kBadRequest where the table does not have a snapshot, or not all between the two; as
/// ReadTable.
Status PlanScan(
    const store::Store& store, const iceberg::TableState& state, const Scan& scan,
    const std::function<bool(const iceberg::ManifestEntry& entry, int32_t spec_id)>& on_file);

}  // namespace weir::table::scan
