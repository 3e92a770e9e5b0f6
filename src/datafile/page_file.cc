// SPDX-License-Identifier: Apache-2.0
#include "datafile/page_file.h"

#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <arrow/type.h>
#include <parquet/arrow/schema.h>
#include <parquet/bloom_filter.h>
#include <parquet/bloom_filter_writer.h>
#include <parquet/column_writer.h>
#include <parquet/file_writer.h>
#include <parquet/metadata.h>
#include <parquet/page_index.h>
#include <parquet/properties.h>
#include <parquet/schema.h>

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "datafile/content_hash.h"
#include "datafile/extra_statistics.h"
#include "datafile/leaf_writer.h"
#include "datafile/no_throw.h"
#include "datafile/parquet_statistics.h"

namespace weir::datafile {
namespace {

constexpr std::string_view kMagic = "PAR1";

// formats.md: five engine families ask the filters of trace and span ids.
constexpr double kBloomFalsePositives = 0.01;

// Whose rows are looked up by trace: a reader takes a page a column of wherever a trace has spans.
constexpr const char* kLookupColumn = "trace_id";
constexpr int64_t kTracedPageRows = 4096;
// Tables that begin with it are sorted by it: of each file a lookup reads the one page that may
// have the id, and random ids are half a megabyte in a usual page.
constexpr int64_t kIndexPageRows = 1024;

int64_t PageRows(const arrow::Schema& schema) {
  const int column = schema.GetFieldIndex(kLookupColumn);
  return column < 0 ? LeafWriter::kPageRows : column == 0 ? kIndexPageRows : kTracedPageRows;
}

parquet::WriterProperties::Builder MakeBuilder(const ParquetOptions& options) {
  parquet::WriterProperties::Builder builder;
  builder.compression(parquet::Compression::ZSTD)
      ->compression_level(options.zstd_level)
      ->created_by(CreatedBy())
      ->version(parquet::ParquetVersion::PARQUET_2_6);
  return builder;
}

/// Only what metadata builders read of it: encodings and pages are LeafWriter's.
/// Errors: kInternal when there is no such leaf of texts.
Result<std::shared_ptr<parquet::WriterProperties>> MakeProperties(
    const parquet::SchemaDescriptor& columns, const ParquetOptions& options) {
  parquet::WriterProperties::Builder builder = MakeBuilder(options);
  for (const std::string& name : options.bloom_columns) {
    const int column = columns.ColumnIndex(name);
    if (column < 0 || columns.Column(column)->physical_type() != parquet::Type::BYTE_ARRAY) {
      return Error(ErrorKind::kInternal, "encode parquet file: no column of texts " + name);
    }
    // Sized for as many values as there may be, and folded to what the distinct ones need.
    builder.enable_bloom_filter(
        name, {.ndv = options.row_group_rows, .fpp = kBloomFalsePositives, .fold = true});
  }
  std::vector<parquet::SortingColumn> order;
  for (const std::string& name : options.sort_columns) {
    const int column = columns.ColumnIndex(name);
    if (column < 0) return Error(ErrorKind::kInternal, "encode parquet file: no column " + name);
    const bool descends = std::ranges::count(options.descending_columns, name) > 0;
    order.push_back({.column_idx = column, .descending = descends, .nulls_first = !descends});
  }
  builder.set_sorting_columns(std::move(order));
  return builder.build();
}

struct OpenFile {
  std::shared_ptr<arrow::io::BufferOutputStream> sink;
  std::shared_ptr<parquet::WriterProperties> properties;
  std::shared_ptr<parquet::SchemaDescriptor> columns;
  int zstd_level = 1;
  int64_t page_rows = LeafWriter::kPageRows;
  bool is_for_long = false;
};

class LeafFileWriter final : public PageFileWriter, private signal::LeafSink {
 public:
  explicit LeafFileWriter(OpenFile file)
      : file_(std::move(file)),
        metadata_(parquet::FileMetaDataBuilder::Make(file_.columns.get(), file_.properties)),
        index_(parquet::PageIndexBuilder::Make(file_.columns.get())),
        blooms_(parquet::BloomFilterBuilder::Make(file_.columns.get(), file_.properties.get())),
        codec_(file_.zstd_level),
        leaves_(file_.zstd_level, file_.is_for_long, file_.page_rows) {}

  Result<signal::LeafSink*> BeginRowGroup(int64_t rows) override {
    return NoThrow([&]() -> Result<signal::LeafSink*> {
      TRY(FinishRowGroup());
      if (rows <= 0)
        return Error(ErrorKind::kInternal, "encode parquet file: row group of no rows");
      row_group_ = metadata_->AppendRowGroup();
      row_group_->set_num_rows(rows);
      index_->AppendRowGroup();
      blooms_->AppendRowGroup();
      rows_ = rows;
      column_ = 0;
      plain_bytes_ = 0;
      return static_cast<signal::LeafSink*>(this);
    });
  }

  Result<ParquetFile> Finish() override {
    return NoThrow([&]() -> Result<ParquetFile> {
      TRY(FinishRowGroup());
      metadata_->SetIndexLocations(parquet::IndexKind::kBloomFilter,
                                   blooms_->WriteTo(file_.sink.get()));
      index_->Finish();
      const auto places = index_->WriteTo(file_.sink.get());
      metadata_->SetIndexLocations(parquet::IndexKind::kColumnIndex, places.column_index_locations);
      metadata_->SetIndexLocations(parquet::IndexKind::kOffsetIndex, places.offset_index_locations);
      const auto metadata = metadata_->Finish();
      parquet::WriteFileMetaData(*metadata, file_.sink.get());
      ParquetFile encoded;
      encoded.bytes = TRY(file_.sink->Finish());
      encoded.file = Describe(*metadata, extra_);
      encoded.file.file_bytes = encoded.bytes->size();
      encoded.file.content_hash = ContentHashOf(std::string_view(*encoded.bytes));
      return encoded;
    });
  }

 private:
  Status Add(const signal::Leaf& leaf) override {
    return NoThrow([&]() -> Status {
      if (row_group_ == nullptr || column_ == file_.columns->num_columns()) {
        return Error(ErrorKind::kInternal, "encode parquet file: more leaves than columns");
      }
      const ChunkTarget target = NextChunk();
      plain_bytes_ += TRY(leaves_.Write(leaf, target, extra_));
      return Status::OK();
    });
  }

  ChunkTarget NextChunk() {
    const int column = column_++;
    ChunkTarget target{.column = file_.columns->Column(column),
                       .metadata = row_group_->NextColumnChunk(),
                       .bloom = blooms_->CreateBloomFilter(column),
                       .rows = rows_};
    const bool has_bounds = target.column->max_repetition_level() == 0;
    chunk_ = parquet::PageWriter::Open(file_.sink, parquet::Compression::ZSTD, target.metadata,
                                       row_group_number_, static_cast<int16_t>(column),
                                       arrow::default_memory_pool(), /*buffered_row_group=*/false,
                                       nullptr, nullptr, /*page_write_checksum_enabled=*/true,
                                       has_bounds ? index_->GetColumnIndexBuilder(column) : nullptr,
                                       index_->GetOffsetIndexBuilder(column), codec_);
    target.pages = chunk_.get();
    return target;
  }

  Status FinishRowGroup() {
    if (row_group_ == nullptr) return Status::OK();
    if (column_ != file_.columns->num_columns()) {
      return Error(ErrorKind::kInternal, "encode parquet file: fewer leaves than columns");
    }
    row_group_->Finish(plain_bytes_, row_group_number_++);
    row_group_ = nullptr;
    return Status::OK();
  }

  const OpenFile file_;
  const std::unique_ptr<parquet::FileMetaDataBuilder> metadata_;
  const std::unique_ptr<parquet::PageIndexBuilder> index_;
  const std::unique_ptr<parquet::BloomFilterBuilder> blooms_;
  const arrow::util::CodecOptions codec_;
  LeafWriter leaves_;
  ExtraStatistics extra_;

  // Of the row group at hand; null between row groups.
  parquet::RowGroupMetaDataBuilder* row_group_ = nullptr;
  std::unique_ptr<parquet::PageWriter> chunk_;
  int64_t rows_ = 0, plain_bytes_ = 0;
  int column_ = 0;
  int16_t row_group_number_ = 0;
};

}  // namespace

Result<std::unique_ptr<PageFileWriter>> PageFileWriter::Open(
    const std::shared_ptr<arrow::Schema>& schema, const ParquetOptions& options) {
  return NoThrow([&]() -> Result<std::unique_ptr<PageFileWriter>> {
    OpenFile file{.zstd_level = options.zstd_level,
                  .page_rows = PageRows(*schema),
                  .is_for_long = options.is_for_long};
    TRY(parquet::arrow::ToParquetSchema(schema.get(), *MakeBuilder(options).build(),
                                        &file.columns));
    file.properties = TRY(MakeProperties(*file.columns, options));
    file.sink = TRY(arrow::io::BufferOutputStream::Create(1 << 20));
    TRY(file.sink->Write(kMagic.data(), static_cast<int64_t>(kMagic.size())));
    return std::make_unique<LeafFileWriter>(std::move(file));
  });
}

}  // namespace weir::datafile
