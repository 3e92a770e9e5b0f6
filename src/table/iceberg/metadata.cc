// SPDX-License-Identifier: Apache-2.0
#include "table/iceberg/metadata.h"

namespace weir::table::iceberg {

const Snapshot* Metadata::CurrentSnapshot() const {
  return current_snapshot_id ? SnapshotOf(*current_snapshot_id) : nullptr;
}

const Snapshot* Metadata::SnapshotOf(int64_t snapshot_id) const {
  for (auto snapshot = snapshots.rbegin(); snapshot != snapshots.rend(); ++snapshot) {
    if (snapshot->snapshot_id == snapshot_id) return &*snapshot;
  }
  return nullptr;
}

const Schema* Metadata::CurrentSchema() const {
  for (const Schema& schema : schemas) {
    if (schema.schema_id == current_schema_id) return &schema;
  }
  return nullptr;
}

const PartitionSpec* Metadata::DefaultSpec() const {
  for (const PartitionSpec& spec : partition_specs) {
    if (spec.spec_id == default_spec_id) return &spec;
  }
  return nullptr;
}

}  // namespace weir::table::iceberg
