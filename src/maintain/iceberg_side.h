// SPDX-License-Identifier: Apache-2.0
#pragma once
// A table as Iceberg's files on disk tell it, from the metadata file the catalog points at down to
// the entries of the manifests.

#include <functional>
#include <optional>

#include "catalog/catalog.h"
#include "maintain/finding.h"
#include "store/store.h"
#include "table/iceberg/manifest.h"
#include "table/iceberg/schema_fields.h"
#include "table/iceberg/table_state.h"

namespace weir::maintain {

/// The table at its current snapshot, and whether it is the one that `entry` tells of. Nothing
/// where metadata file or manifest list cannot be read; a finding says why.
std::optional<table::iceberg::TableState> ReadIcebergSide(const store::Store& store,
                                                          const catalog::TableEntry& entry,
                                                          Findings& findings);

/// Calls `on_file` for each live data file, in manifest order, and holds counts and totals against
/// what is there. False where a manifest cannot be read, so that files are missing.
bool ForEachLiveFile(const store::Store& store, const table::iceberg::TableState& state,
                     Findings& findings,
                     const std::function<void(const datafile::DataFile&)>& on_file);

/// The entries of one manifest, until `on_entry` is false. Errors: kBadRequest, the store's.
Status ForEachEntry(const store::Store& store, const table::iceberg::TableState& state,
                    const table::iceberg::ManifestFile& manifest,
                    const std::function<bool(const table::iceberg::ManifestEntry&)>& on_entry);

/// Of all schemas that the table has had, the current one's last.
Result<table::iceberg::SchemaFields> FieldsOfAllSchemas(const table::iceberg::Metadata& metadata);

}  // namespace weir::maintain
