// SPDX-License-Identifier: Apache-2.0
#include "datafile/written_file.h"

#include <arrow/type.h>
#include <parquet/arrow/schema.h>
#include <parquet/metadata.h>

#include <string>

#include "datafile/footer_bytes.h"
#include "datafile/lookup/read_guarded.h"
#include "datafile/parquet_statistics.h"

namespace weir::datafile {
namespace {

/// Pages of all chunks lie before the footer.
Status CheckPlaces(const parquet::FileMetaData& metadata, int64_t pages_end) {
  for (int group = 0; group < metadata.num_row_groups(); ++group) {
    const auto row_group = metadata.RowGroup(group);
    for (int column = 0; column < metadata.num_columns(); ++column) {
      TRY(PlaceOf(*row_group->ColumnChunk(column), pages_end));
    }
  }
  return Status::OK();
}

}  // namespace

Result<WrittenFile> ReadWrittenFile(const store::Store& store, std::string_view path,
                                    int64_t file_bytes) {
  const std::string thrift = TRY(ReadFooterBytes(store, path, file_bytes));
  return ReadGuarded(path, [&]() -> Result<WrittenFile> {
    const auto metadata = parquet::FileMetaData::Make(thrift.data(), std::ssize(thrift));
    TRY(CheckPlaces(*metadata, file_bytes - kFileEndBytes - std::ssize(thrift)));
    WrittenFile written{.file = Describe(*metadata, {}), .schema = nullptr};
    written.file.file_bytes = file_bytes;
    // Without the schema that Arrow keeps beside Parquet's: other readers do not see that one.
    TRY(parquet::arrow::FromParquetSchema(
        metadata->schema(), parquet::default_arrow_reader_properties(), nullptr, &written.schema));
    return written;
  });
}

}  // namespace weir::datafile
