// SPDX-License-Identifier: Apache-2.0
#include "datafile/rewrite/read_pages.h"

#include <arrow/io/interfaces.h>
#include <fmt/format.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>
#include <parquet/properties.h>

#include <memory>
#include <stdexcept>

#include "datafile/no_throw.h"
#include "datafile/rewrite/leaf_reader.h"
#include "datafile/stored_file.h"

namespace weir::datafile {
namespace {

Status ReadColumn(parquet::ParquetFileReader& file, int group, int column) {
  const auto rows = file.RowGroup(group);
  LeafReader reader;
  TRY(reader.Start(*file.metadata()->schema()->Column(column),
                   rows->metadata()->ColumnChunk(column)->num_values()));
  return reader.Append(*rows, column);
}

Result<int64_t> ReadAll(const std::shared_ptr<arrow::io::RandomAccessFile>& source) {
  parquet::ReaderProperties properties;
  properties.set_page_checksum_verification(true);
  const auto file = parquet::ParquetFileReader::Open(source, properties);
  const parquet::FileMetaData& metadata = *file->metadata();
  for (int group = 0; group < metadata.num_row_groups(); ++group) {
    for (int column = 0; column < metadata.num_columns(); ++column) {
      const Status read = NoThrow([&]() -> Status { return ReadColumn(*file, group, column); });
      if (read.ok()) continue;
      return Error(KindOf(read),
                   fmt::format("column {} of row group {}: {}",
                               metadata.schema()->Column(column)->path()->ToDotString(), group,
                               read.message()));
    }
  }
  return metadata.num_rows();
}

}  // namespace

Result<int64_t> ReadPages(const store::Store& store, std::string_view path) {
  const auto source = TRY(OpenStoredFile(store, path));
  try {
    return NoThrow([&]() -> Result<int64_t> { return ReadAll(source); });
  } catch (const std::exception& failure) {  // A damaged length asks for more than there is.
    return Error(ErrorKind::kBadRequest, failure.what());
  }
}

}  // namespace weir::datafile
