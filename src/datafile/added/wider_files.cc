// SPDX-License-Identifier: Apache-2.0
#include "datafile/added/wider_files.h"

#include <arrow/type.h>
#include <fmt/format.h>
#include <parquet/arrow/schema.h>
#include <parquet/metadata.h>
#include <parquet/properties.h>

#include <algorithm>
#include <numeric>

#include "datafile/added/attribute_values.h"
#include "datafile/rewrite/leaf_reader.h"
#include "datafile/rewrite/match_columns.h"
#include "datafile/rewrite/stored_leaf.h"

namespace weir::datafile {
namespace {

Status Refused(const std::string& what) {
  return Error(ErrorKind::kBadRequest, "merge parquet files: " + what);
}

bool IsAdded(const AddedColumns& added, const std::string& name) {
  return std::ranges::any_of(
      added, [&](const AddedColumn& column) { return column.field->name() == name; });
}

using Columns = std::shared_ptr<const parquet::SchemaDescriptor>;

Result<Columns> ColumnsOf(const arrow::Schema& schema) {
  std::shared_ptr<parquet::SchemaDescriptor> columns;
  TRY(parquet::arrow::ToParquetSchema(
      &schema,
      *parquet::WriterProperties::Builder().version(parquet::ParquetVersion::PARQUET_2_6)->build(),
      &columns));
  return columns;
}

Result<std::shared_ptr<arrow::Schema>> SchemaWithout(const parquet::SchemaDescriptor& file,
                                                     const AddedColumns& added) {
  std::shared_ptr<arrow::Schema> schema;
  TRY(parquet::arrow::FromParquetSchema(&file, &schema));
  arrow::FieldVector fields;
  for (const auto& field : schema->fields()) {
    if (!IsAdded(added, field->name())) fields.push_back(field);
  }
  return arrow::schema(std::move(fields));
}

/// The columns that a file has beside those of `added`.
Result<Columns> ColumnsWithout(const parquet::SchemaDescriptor& file, const AddedColumns& added) {
  if (added.empty()) return Columns(Columns(), &file);
  const auto schema = TRY(SchemaWithout(file, added));
  return ColumnsOf(*schema);
}

}  // namespace

Result<WiderColumns> Widen(const std::vector<std::unique_ptr<parquet::ParquetFileReader>>& files,
                           const AddedColumns& added) {
  std::vector<Columns> of_files;
  std::vector<const parquet::SchemaDescriptor*> candidates;
  for (const auto& file : files) {
    Columns columns = TRY(ColumnsWithout(*file->metadata()->schema(), added));
    of_files.push_back(std::move(columns));
    candidates.push_back(of_files.back().get());
  }
  const parquet::SchemaDescriptor& widest = WidestOf(candidates);
  WiderColumns wider;
  wider.schema = TRY(SchemaWithout(widest, {}));
  wider.columns = Columns(Columns(), &widest);
  if (!added.empty()) {
    arrow::FieldVector fields = wider.schema->fields();
    for (const AddedColumn& column : added) fields.push_back(column.field);
    wider.schema = arrow::schema(std::move(fields));
    wider.columns = TRY(ColumnsOf(*wider.schema));
  }
  for (size_t file = 0; file < files.size(); ++file) {
    auto places = MatchColumns(*files[file]->metadata()->schema(), *wider.columns);
    if (!places.ok()) {
      return Refused(fmt::format("file {} has other columns: {}", file, places.status().message()));
    }
    wider.places.push_back(*std::move(places));
  }
  return wider;
}

Result<std::vector<ColumnValues>> MissingValues(parquet::RowGroupReader& group,
                                                const WiderColumns& wider,
                                                const std::vector<int>& places,
                                                const AddedColumns& added) {
  const int64_t rows = group.metadata()->num_rows();
  auto values = TRY(AttributeValues::For(*wider.schema, added, rows));
  std::vector<uint32_t> as_they_are(static_cast<size_t>(rows));
  std::iota(as_they_are.begin(), as_they_are.end(), 0);
  LeafReader reader;
  for (int number = 0; number < wider.columns->num_columns(); ++number) {
    const int place = places[static_cast<size_t>(number)];
    if (!values.Wants(number) || place < 0) continue;
    const int64_t entries = group.metadata()->ColumnChunk(place)->num_values();
    TRY(reader.Start(*wider.columns->Column(number), entries));
    TRY(reader.Append(group, place));
    OrderedLeaf ordered;
    ordered.Start(reader.leaf(), as_they_are);
    signal::Leaf leaf{.kind = signal::LeafKind::kText, .texts = reader.leaf().texts()};
    if (!ordered.IsNone()) {
      leaf.fill = [&ordered](int64_t begin, int64_t end, signal::LeafPage& page) {
        ordered.FillPage(begin, end, page);
      };
    }
    values.Read(number, leaf);
  }
  return values.values();
}

}  // namespace weir::datafile
