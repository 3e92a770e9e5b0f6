// SPDX-License-Identifier: Apache-2.0
#include "commit/file_encoder.h"

#include <arrow/type.h>
#include <fmt/format.h>

#include <algorithm>

#include "base/dates.h"
#include "base/ids.h"
#include "datafile/added/partition_values.h"
#include "datafile/added/shaped_rows.h"
#include "datafile/page_file.h"

namespace weir::commit {
namespace {

// About as many rows as readers of page indexes and bloom filters like in a row group; a day with a
// few more gets one group, not a tiny second.
constexpr size_t kRowGroupRows = 128 << 10;

size_t NextGroupRows(size_t rows_left) {
  return rows_left < kRowGroupRows + kRowGroupRows / 2 ? rows_left : kRowGroupRows;
}

Result<datafile::ParquetFile> EncodeRows(signal::RowColumns& columns,
                                         const datafile::FileShape& shape,
                                         std::span<const int32_t> rows) {
  const auto writer = TRY(datafile::PageFileWriter::Open(datafile::ShapedSchema(columns, shape)));
  while (!rows.empty()) {
    const auto group = rows.first(NextGroupRows(rows.size()));
    rows = rows.subspan(group.size());
    signal::LeafSink* sink = TRY(writer->BeginRowGroup(static_cast<int64_t>(group.size())));
    TRY(datafile::WriteShaped(columns, shape, group, *sink));
  }
  return writer->Finish();
}

/// Rows of one partition. `facts`: what says which.
Status EncodePart(signal::RowColumns& columns, const datafile::FileShape& shape,
                  const datafile::DataFile& facts, std::span<const int32_t> rows,
                  const std::function<Status(datafile::ParquetFile)>& on_file) {
  datafile::ParquetFile encoded = TRY(EncodeRows(columns, shape, rows));
  encoded.file.date = facts.date;
  encoded.file.spec_id = facts.spec_id;
  encoded.file.partition = facts.partition;
  encoded.file.path = fmt::format("data/date={}/{}.parquet", DateText(facts.date), NewUuid());
  return on_file(std::move(encoded));
}

}  // namespace

Status EncodeFiles(signal::RowColumns& columns, const datafile::FileShape& shape,
                   const std::function<Status(datafile::ParquetFile)>& on_file) {
  for (const signal::DayRows& day : columns.SortIntoDays()) {
    if (shape.partition.empty()) {
      TRY(EncodePart(columns, shape, {.date = day.date, .spec_id = shape.spec_id}, day.rows,
                     on_file));
      continue;
    }
    const auto parts = TRY(datafile::Divide(columns, shape, day.rows));
    for (const datafile::PartitionRows& part : parts) {
      TRY(EncodePart(columns, shape,
                     {.date = day.date, .spec_id = part.spec_id, .partition = part.values},
                     part.rows, on_file));
    }
  }
  return Status::OK();
}

}  // namespace weir::commit
