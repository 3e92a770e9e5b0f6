// SPDX-License-Identifier: Apache-2.0
#include "datafile/plain_table.h"

#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <arrow/table.h>
#include <fmt/format.h>
#include <parquet/arrow/reader.h>
#include <parquet/arrow/writer.h>

#include <algorithm>

#include "datafile/no_throw.h"
#include "datafile/parquet_file.h"

namespace weir::datafile {

Result<std::string> EncodePlainTable(const arrow::Table& table) {
  return NoThrow([&]() -> Result<std::string> {
    const auto sink = TRY(arrow::io::BufferOutputStream::Create());
    const auto properties = parquet::WriterProperties::Builder()
                                .compression(parquet::Compression::ZSTD)
                                ->created_by(CreatedBy())
                                ->build();
    TRY(parquet::arrow::WriteTable(table, arrow::default_memory_pool(), sink,
                                   std::max<int64_t>(1, table.num_rows()), properties));
    const auto bytes = TRY(sink->Finish());
    return bytes->ToString();
  });
}

Result<std::shared_ptr<arrow::Table>> DecodePlainTable(std::string_view bytes) {
  const auto read = NoThrow([&]() -> Result<std::shared_ptr<arrow::Table>> {
    const auto source =
        std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(std::string(bytes)));
    const auto reader = TRY(parquet::arrow::OpenFile(source, arrow::default_memory_pool()));
    const auto table = TRY(reader->ReadTable());
    return table->CombineChunks();
  });
  if (read.ok()) return read;
  return Error(ErrorKind::kBadRequest,
               fmt::format("read parquet file: {}", read.status().message()));
}

}  // namespace weir::datafile
