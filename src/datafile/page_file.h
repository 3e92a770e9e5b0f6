// SPDX-License-Identifier: Apache-2.0
#pragma once
// Leaf columns as the bytes of one Parquet file: pages straight from levels, dictionary indices and
// plain numbers, without arrays in between.

#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>

#include "base/result.h"
#include "datafile/parquet_file.h"
#include "signal/leaf_column.h"

namespace weir::datafile {

/// Builds one Parquet file in memory from leaves: what ParquetWriter makes of the same rows, but
/// for the encodings it chooses. `ParquetOptions::row_group_rows` is the caller's business here.
/// One thread.
class PageFileWriter {
 public:
  /// `schema` as for ParquetWriter. Errors of all calls: kInternal, from the library or because a
  /// leaf does not fit the schema.
  static Result<std::unique_ptr<PageFileWriter>> Open(const std::shared_ptr<arrow::Schema>& schema,
                                                      const ParquetOptions& options = {});
  virtual ~PageFileWriter() = default;

  /// Begins a row group of `rows` rows (> 0). Every leaf of the schema is added to the sink, in
  /// order, before the next call here.
  virtual Result<signal::LeafSink*> BeginRowGroup(int64_t rows) = 0;
  /// Closes the file. The last call.
  virtual Result<ParquetFile> Finish() = 0;
};

}  // namespace weir::datafile
