// SPDX-License-Identifier: Apache-2.0
#include "datafile/parquet_file.h"

#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <parquet/arrow/schema.h>
#include <parquet/arrow/writer.h>
#include <parquet/file_writer.h>
#include <parquet/schema.h>

#include <algorithm>
#include <utility>

#include "base/version.h"
#include "datafile/content_hash.h"
#include "datafile/extra_statistics.h"
#include "datafile/no_throw.h"
#include "datafile/parquet_statistics.h"

namespace weir::datafile {
namespace {

using parquet::Encoding;

/// Texts that never repeat: a dictionary of them would be tried, filled and thrown away.
constexpr const char* kUniqueTexts[] = {"trace_id", "span_id", "parent_span_id"};
/// Neighbouring rows differ little in these.
constexpr const char* kSlowNumbers[] = {"time", "start_time_unix_nano", "end_time_unix_nano",
                                        "time_unix_nano", "observed_time_unix_nano"};

std::shared_ptr<parquet::WriterProperties> MakeProperties(const parquet::SchemaDescriptor& schema,
                                                          const ParquetOptions& options) {
  parquet::WriterProperties::Builder builder;
  builder.enable_page_checksum()
      ->compression(parquet::Compression::ZSTD)
      ->compression_level(options.zstd_level)
      ->created_by(CreatedBy())
      ->version(parquet::ParquetVersion::PARQUET_2_6)
      ->max_row_group_length(options.row_group_rows)
      ->max_statistics_size(kListedTextBytesMax)
      ->enable_write_page_index();
  for (int i = 0; i < schema.num_columns(); ++i) {
    const parquet::ColumnDescriptor& column = *schema.Column(i);
    const std::string path = column.path()->ToDotString();
    // Bounds over all keys and values of a map say nothing.
    if (column.max_repetition_level() > 0) builder.disable_statistics(path);
    if (path == "record_id") {
      builder.disable_dictionary(path)->encoding(path, Encoding::DELTA_BYTE_ARRAY);
    } else if (std::ranges::count(kUniqueTexts, path) > 0) {
      builder.disable_dictionary(path);
    } else if (std::ranges::count(kSlowNumbers, path) > 0) {
      builder.disable_dictionary(path)->encoding(path, Encoding::DELTA_BINARY_PACKED);
    }
  }
  return builder.build();
}

class ArrowParquetWriter final : public ParquetWriter {
 public:
  ArrowParquetWriter(std::shared_ptr<arrow::io::BufferOutputStream> sink,
                     std::unique_ptr<parquet::arrow::FileWriter> writer, int64_t row_group_rows)
      : sink_(std::move(sink)), writer_(std::move(writer)), row_group_rows_(row_group_rows) {}

  Status Append(const std::shared_ptr<arrow::RecordBatch>& batch) override {
    return NoThrow([&]() -> Status {
      TRY(extra_.Add(*batch));
      const auto table = TRY(arrow::Table::FromRecordBatches({batch}));
      return writer_->WriteTable(*table, row_group_rows_);
    });
  }

  Result<ParquetFile> Finish() override {
    return NoThrow([&]() -> Result<ParquetFile> {
      TRY(writer_->Close());
      ParquetFile encoded;
      encoded.bytes = TRY(sink_->Finish());
      encoded.file = Describe(*writer_->metadata(), extra_);
      encoded.file.file_bytes = encoded.bytes->size();
      encoded.file.content_hash = ContentHashOf(std::string_view(*encoded.bytes));
      return encoded;
    });
  }

 private:
  const std::shared_ptr<arrow::io::BufferOutputStream> sink_;
  const std::unique_ptr<parquet::arrow::FileWriter> writer_;
  const int64_t row_group_rows_;
  ExtraStatistics extra_;
};

}  // namespace

std::string CreatedBy() { return std::string("weir version ").append(kVersion); }

Result<std::unique_ptr<ParquetWriter>> ParquetWriter::Open(
    const std::shared_ptr<arrow::Schema>& schema, const ParquetOptions& options) {
  return NoThrow([&]() -> Result<std::unique_ptr<ParquetWriter>> {
    std::shared_ptr<parquet::SchemaDescriptor> columns;
    TRY(parquet::arrow::ToParquetSchema(schema.get(), *parquet::default_writer_properties(),
                                        &columns));
    auto sink = TRY(arrow::io::BufferOutputStream::Create(1 << 20));
    auto writer = TRY(parquet::arrow::FileWriter::Open(*schema, arrow::default_memory_pool(), sink,
                                                       MakeProperties(*columns, options)));
    return std::make_unique<ArrowParquetWriter>(std::move(sink), std::move(writer),
                                                options.row_group_rows);
  });
}

}  // namespace weir::datafile
