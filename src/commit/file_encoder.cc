// SPDX-License-Identifier: Apache-2.0
#include "commit/file_encoder.h"

#include <arrow/record_batch.h>
#include <fmt/format.h>

#include <algorithm>

#include "base/dates.h"
#include "base/ids.h"
#include "base/log.h"

namespace weir::commit {
namespace {

// Gathered columns of maps take about 1 kB a row; a slice bounds them, and becomes one row group.
// The smaller sizes are for rows with texts so large that a column of a bigger slice would pass the
// 2 GiB that Arrow's offsets reach.
constexpr size_t kSliceRows[] = {64 << 10, 2 << 10, 64};

Result<datafile::ParquetFile> EncodeSlices(signal::RowColumns& columns,
                                           std::span<const int32_t> rows, size_t slice_rows) {
  std::unique_ptr<datafile::ParquetWriter> writer;
  while (!rows.empty()) {
    const auto slice = rows.first(std::min(rows.size(), slice_rows));
    rows = rows.subspan(slice.size());
    const std::shared_ptr<arrow::RecordBatch> batch = columns.Gather(slice);
    if (writer == nullptr) writer = TRY(datafile::ParquetWriter::Open(batch->schema()));
    TRY(writer->Append(batch));
  }
  return writer->Finish();
}

Result<datafile::ParquetFile> EncodeDay(signal::RowColumns& columns,
                                        std::span<const int32_t> rows) {
  Result<datafile::ParquetFile> encoded = Error(ErrorKind::kInternal, "no slice size was tried");
  for (size_t slice_rows : kSliceRows) {
    encoded = EncodeSlices(columns, rows, slice_rows);
    if (encoded.ok()) break;
    log::Warn("rows could not be encoded",
              {{"slice_rows", slice_rows}, {"error", encoded.status().message()}});
  }
  return encoded;
}

}  // namespace

Status EncodeFiles(signal::RowColumns& columns,
                   const std::function<Status(datafile::ParquetFile)>& on_file) {
  for (const signal::DayRows& day : columns.SortIntoDays()) {
    datafile::ParquetFile encoded = TRY(EncodeDay(columns, day.rows));
    encoded.file.date = day.date;
    encoded.file.path = fmt::format("data/date={}/{}.parquet", DateText(day.date), NewUuid());
    TRY(on_file(std::move(encoded)));
  }
  return Status::OK();
}

}  // namespace weir::commit
