// SPDX-License-Identifier: Apache-2.0
#pragma once
// Reading a table's metadata back from the store.

#include <string_view>
#include <vector>

#include "store/store.h"
#include "table/iceberg/table_state.h"

namespace weir::table::iceberg {

/// The table at the current snapshot of the metadata file `metadata_path` (in the store,
/// `<root>/metadata/<file>`). Errors: kNotFound for a missing file; kBadRequest when one is not
/// what it should be.
Result<TableState> ReadTable(const store::Store& store, std::string_view metadata_path);

/// As ReadTable, but the metadata file alone: without manifests.
Result<TableState> ReadTableMetadata(const store::Store& store, std::string_view metadata_path);

/// The entries of one of the state's manifests, from its cache or the store. Errors: as ReadTable.
Result<ManifestEntries> LoadEntries(const store::Store& store, const TableState& state,
                                    const ManifestFile& manifest);

/// As LoadEntries, but files not cached stay encoded: for writing them into another manifest only.
Result<ManifestEntries> LoadEntriesToCopy(const store::Store& store, const TableState& state,
                                          const ManifestFile& manifest);

/// The manifests of `snapshot`. Errors: as ReadTable.
Result<std::vector<ManifestFile>> LoadManifestList(const store::Store& store,
                                                   const Location& location,
                                                   const Snapshot& snapshot);

/// All live data files, in manifest order. Errors: as ReadTable.
Result<std::vector<datafile::DataFile>> ListFiles(const store::Store& store,
                                                  const TableState& state);

}  // namespace weir::table::iceberg
