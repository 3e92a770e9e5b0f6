// SPDX-License-Identifier: Apache-2.0
#include "query/tail/tail_files.h"

#include <arrow/type.h>
#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "datafile/added/shaped_rows.h"
#include "datafile/page_file.h"
#include "query/tail/column_choice.h"

namespace weir::query {
namespace {

// As in files of commits.
constexpr size_t kRowGroupRows = 128 << 10;

std::string TextOf(const datafile::FileShape& shape) {
  std::string text;
  for (const datafile::AddedColumn& column : shape.columns) {
    text += fmt::format("{}\n{}\n", column.field->ToString(true),
                        column.source ? column.source->map + "\n" + column.source->key : "");
  }
  return text;
}

Result<TailFiles::Bytes> EncodeColumns(signal::RowColumns& columns,
                                       const datafile::FileShape& shape, const FieldIds& wanted) {
  const auto schema = datafile::ShapedSchema(columns, shape);
  const ColumnChoice choice = TRY(ColumnChoice::Of(schema->fields(), wanted));
  const auto writer = TRY(datafile::PageFileWriter::Open(choice.schema()));
  for (const signal::DayRows& day : columns.SortIntoDays()) {
    for (std::span<const int32_t> rest = day.rows; !rest.empty();) {
      const auto group = rest.first(std::min(rest.size(), kRowGroupRows));
      signal::LeafSink* file = TRY(writer->BeginRowGroup(std::ssize(group)));
      ChoosingSink chosen(choice, *file);
      TRY(datafile::WriteShaped(columns, shape, group, chosen));
      rest = rest.subspan(group.size());
    }
  }
  datafile::ParquetFile encoded = TRY(writer->Finish());
  return std::move(encoded.bytes);
}

}  // namespace

Result<std::shared_ptr<arrow::Buffer>> EncodeRows(signal::RowColumns& columns,
                                                  const datafile::FileShape& shape,
                                                  std::span<const int32_t> rows) {
  const auto writer = TRY(datafile::PageFileWriter::Open(datafile::ShapedSchema(columns, shape)));
  signal::LeafSink* file = TRY(writer->BeginRowGroup(std::ssize(rows)));
  TRY(datafile::WriteShaped(columns, shape, rows, *file));
  datafile::ParquetFile encoded = TRY(writer->Finish());
  return std::move(encoded.bytes);
}

TailFiles::Bytes TailFiles::Find(const Key& key) {
  auto encoded = encoded_.Lock();
  std::erase_if(*encoded, [](const auto& entry) { return entry.second.rows.expired(); });
  const auto known = encoded->find(key);
  return known == encoded->end() ? nullptr : known->second.bytes;
}

Result<TailFiles::Bytes> TailFiles::Encode(const TailFile& file, const FieldIds& columns) {
  const Key key{file.rows->id(), TextOf(*file.shape), columns};
  Bytes bytes = Find(key);
  if (bytes != nullptr) return bytes;
  const auto encode = [&](signal::RowColumns& rows) -> Status {
    // Whoever came for the same meanwhile has it encoded by now.
    bytes = Find(key);
    if (bytes == nullptr) bytes = TRY(EncodeColumns(rows, *file.shape, columns));
    (*encoded_.Lock())[key] = {.rows = file.rows, .bytes = bytes};
    return Status::OK();
  };
  TRY(file.rows->Read(encode));
  return bytes;
}

}  // namespace weir::query
