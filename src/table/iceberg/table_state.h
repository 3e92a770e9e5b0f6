// SPDX-License-Identifier: Apache-2.0
#pragma once
// A table at one snapshot: all that the next commit is planned from.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "table/iceberg/location.h"
#include "table/iceberg/manifest.h"
#include "table/iceberg/manifest_avro.h"
#include "table/iceberg/metadata.h"
#include "table/table_change.h"

namespace weir::table::iceberg {

/// A value; copies share the cached manifest entries and leaf types.
struct TableState {
  Location location;
  std::string metadata_path;      // In the store; empty before the first metadata file.
  int64_t metadata_version = -1;  // Of that file; its name starts with it.
  Metadata metadata;
  std::vector<ManifestFile> manifests;  // Of the current snapshot.
  std::shared_ptr<const LeafTypes> leaf_types;

  /// 0 before the first commit.
  int64_t snapshot_id() const { return metadata.current_snapshot_id.value_or(0); }
};

/// Where a new table lies and what it is called for ever.
struct NewTableOptions {
  Location location;
  std::string uuid;
  int64_t timestamp_ms = 0;
};

/// A table without snapshots. No file is read or written.
/// Errors: kBadRequest when Iceberg v2 cannot hold the schema; kNotFound when it lacks a named
/// column.
Result<TableState> NewTable(const TableDefinition& definition, const NewTableOptions& options);

/// The setting of manifests with that spec. Borrows from `state`. Errors: kBadRequest when there is
/// no such spec.
Result<ManifestSetting> SettingOf(const TableState& state, int32_t spec_id);

}  // namespace weir::table::iceberg
