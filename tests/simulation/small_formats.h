// SPDX-License-Identifier: Apache-2.0
#pragma once
// Stands in for Parquet and Iceberg where thousands of seeds run: rows are words, a table has two
// columns, its metadata is one text of all its files. Written and read at the same moments.

#include <cstdint>
#include <set>
#include <string>

#include "commit/formats.h"
#include "store/store.h"

namespace weir::simulation {

/// Rows as words in files, tables as published by the fake of RowColumns; Iceberg as it is.
commit::Formats WordsInIceberg();
/// The metadata is small, too.
commit::Formats SmallFormats();

/// The files that the metadata at `path` lists. Errors: where it is not that of `snapshot_id`.
Result<std::set<std::string>> SmallFiles(const store::Store& store, const std::string& path,
                                         int64_t snapshot_id);

}  // namespace weir::simulation
