// SPDX-License-Identifier: Apache-2.0
#include "datafile/added/shaped_rows.h"

#include <arrow/type.h>

#include <iterator>
#include <utility>

#include "datafile/added/attribute_values.h"

namespace weir::datafile {

std::shared_ptr<arrow::Schema> ShapedSchema(const signal::RowColumns& columns,
                                            const FileShape& shape) {
  if (shape.columns.empty()) return columns.schema();
  arrow::FieldVector fields = columns.schema()->fields();
  for (const AddedColumn& column : shape.columns) fields.push_back(column.field);
  return arrow::schema(std::move(fields));
}

Status WriteShaped(signal::RowColumns& columns, const FileShape& shape,
                   std::span<const int32_t> rows, signal::LeafSink& sink) {
  if (shape.columns.empty()) return columns.WriteTo(rows, sink);
  auto values = TRY(AttributeValues::For(*columns.schema(), shape.columns, std::ssize(rows)));
  AddingSink adding(values, sink);
  TRY(columns.WriteTo(rows, adding));
  return adding.AddColumns();
}

}  // namespace weir::datafile
