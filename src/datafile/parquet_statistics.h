// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a written Parquet file's own metadata says of it, over all row groups.

#include <parquet/metadata.h>
#include <parquet/statistics.h>

#include <optional>
#include <utility>

#include "datafile/data_file.h"
#include "datafile/extra_statistics.h"

namespace weir::datafile {

/// Rows, column sizes, statistics (`extra` filling Parquet's gaps) and split offsets; the rest is
/// left as it is.
DataFile Describe(const parquet::FileMetaData& metadata, const ExtraStatistics& extra);

/// Least and largest value as the file has them, whole. `statistics` has both.
/// Nothing for a physical type that bounds nothing here.
std::optional<std::pair<Bound, Bound>> ReadBounds(const parquet::Statistics& statistics);

}  // namespace weir::datafile
