// SPDX-License-Identifier: Apache-2.0
#pragma once
// Record batches as the bytes of one Parquet file, with the statistics that table formats list.

#include <arrow/type_fwd.h>

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "datafile/data_file.h"

namespace weir::datafile {

struct ParquetOptions {
  int zstd_level = 1;  // Fresh files live for minutes; compaction compresses harder.
  int64_t row_group_rows =
      128 << 10;  // formats.md: about 125k rows, for page index and bloom filters.
  /// A file that stays is worth more work: whole numbers are plain where zstd makes less of that
  /// than of deltas, a page of each chunk is tried; pages of maps and lists have fewer rows, since
  /// who wants one row decodes the page. PageFileWriter's alone.
  bool is_for_long = false;
  /// Leaves that get a bloom filter, by their dotted names; PageFileWriter's alone.
  std::vector<std::string> bloom_columns = {};
  /// Top-level columns by which each row group is in order, ascending, nulls first: the file says
  /// so, the rows are the caller's business. PageFileWriter's alone.
  std::vector<std::string> sort_columns = {};
  /// Those of them that descend, nulls last.
  std::vector<std::string> descending_columns = {};
};

/// Who wrote a file, as it says itself. In the form that parquet-mr reads: of a writer that it
/// can't place it refuses DELTA_BYTE_ARRAY, as if it were its own broken one of 2015 (PARQUET-246).
std::string CreatedBy();

/// A file not written anywhere yet. `file.path` and `file.date` are the caller's to fill.
struct ParquetFile {
  std::shared_ptr<arrow::Buffer> bytes;
  DataFile file;
};

/// Builds one Parquet file in memory: zstd pages, statistics of columns outside maps and lists,
/// page index. One thread.
class ParquetWriter {
 public:
  /// `schema`: that of every batch to come: each field with its id as metadata `PARQUET:field_id`,
  /// texts plain or dictionary-encoded. Errors of all calls: kInternal, from the library.
  static Result<std::unique_ptr<ParquetWriter>> Open(const std::shared_ptr<arrow::Schema>& schema,
                                                     const ParquetOptions& options = {});
  virtual ~ParquetWriter() = default;

  /// Adds `batch` as row groups of its own.
  virtual Status Append(const std::shared_ptr<arrow::RecordBatch>& batch) = 0;
  /// Closes the file. The last call.
  virtual Result<ParquetFile> Finish() = 0;
};

}  // namespace weir::datafile
