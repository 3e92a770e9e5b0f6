// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a written Parquet file's own metadata says of it, over all row groups.

#include <parquet/metadata.h>

#include "datafile/data_file.h"
#include "datafile/extra_statistics.h"

namespace weir::datafile {

/// Rows, column sizes, statistics (`extra` filling Parquet's gaps) and split offsets; the rest is
/// left as it is.
DataFile Describe(const parquet::FileMetaData& metadata, const ExtraStatistics& extra);

}  // namespace weir::datafile
