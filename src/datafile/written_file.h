// SPDX-License-Identifier: Apache-2.0
#pragma once
// A Parquet file that another engine wrote, as table formats list it: facts from its footer alone.

#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/result.h"
#include "datafile/data_file.h"
#include "store/store.h"

namespace weir::datafile {

struct WrittenFile {
  DataFile file;  // But for path and date, which the footer does not tell.
  /// What Parquet's own types say; fields have their ids as metadata `PARQUET:field_id` where they
  /// have any.
  std::shared_ptr<arrow::Schema> schema;
};

/// Reads the footer of the file at `path`, which has `file_bytes` bytes. The bytes need not be
/// trusted. Errors: kBadRequest when that is no whole Parquet file; the store's.
Result<WrittenFile> ReadWrittenFile(const store::Store& store, std::string_view path,
                                    int64_t file_bytes);

}  // namespace weir::datafile
