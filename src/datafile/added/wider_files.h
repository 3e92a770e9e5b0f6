// SPDX-License-Identifier: Apache-2.0
#pragma once
// Files of one table that have more or fewer of its added columns, brought to the columns of one.

#include <parquet/file_reader.h>
#include <parquet/schema.h>

#include <memory>
#include <vector>

#include "base/result.h"
#include "datafile/added/added_column.h"
#include "datafile/added/column_values.h"

namespace weir::datafile {

/// The columns of a new file, and where older ones have them.
struct WiderColumns {
  std::shared_ptr<arrow::Schema> schema;
  std::shared_ptr<const parquet::SchemaDescriptor> columns;  // May be one of the files'.
  std::vector<std::vector<int>> places;  // By file and column: in the file, -1 where it lacks it.
};

/// The columns of the file with most, those of `added` behind them in the order given there.
/// `files` outlive what is returned. Errors: kBadRequest when the columns of one do not fit
/// (match_columns.h).
Result<WiderColumns> Widen(const std::vector<std::unique_ptr<parquet::ParquetFileReader>>& files,
                           const AddedColumns& added);

/// What the rows of a row group that lacks some columns have in them, by the maps that it has: one
/// a column of `added`. Throws what Parquet throws.
Result<std::vector<ColumnValues>> MissingValues(parquet::RowGroupReader& group,
                                                const WiderColumns& wider,
                                                const std::vector<int>& places,
                                                const AddedColumns& added);

}  // namespace weir::datafile
