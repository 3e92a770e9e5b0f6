// SPDX-License-Identifier: Apache-2.0
#pragma once
// Sealed rows to data files: a Parquet file a table and partition, encoded in memory.

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "base/result.h"
#include "buffer/generation.h"
#include "datafile/added/file_shape.h"
#include "datafile/parquet_file.h"

namespace weir::commit {

/// Encodes all rows of `columns` as files of that shape; `on_file` gets each file, its path
/// (`data/date=…/<uuid>.parquet`) and date filled in, before the next one is begun, so that one
/// file's bytes are in memory at a time.
Status EncodeFiles(signal::RowColumns& columns, const datafile::FileShape& shape,
                   const std::function<Status(datafile::ParquetFile)>& on_file);

}  // namespace weir::commit
