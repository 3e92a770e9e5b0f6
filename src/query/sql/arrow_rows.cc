// SPDX-License-Identifier: Apache-2.0
#include "query/sql/arrow_rows.h"

#include <arrow/c/bridge.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include <duckdb/common/arrow/arrow_converter.hpp>

namespace weir::query::sql {

Result<ArrowRows> ArrowRows::Of(duckdb::QueryResult& result, duckdb::ClientContext& context) {
  ArrowRows rows;
  rows.properties_ = context.GetClientProperties();
  rows.extensions_ = duckdb::ArrowTypeExtensionData::GetExtensionTypes(context, result.types);
  ArrowSchema schema;
  duckdb::ArrowConverter::ToArrowSchema(&schema, result.types, result.names, rows.properties_);
  rows.schema_ = TRY(arrow::ImportSchema(&schema));
  return rows;
}

Result<std::shared_ptr<arrow::RecordBatch>> ArrowRows::Convert(duckdb::DataChunk& chunk) const {
  ArrowArray array;
  duckdb::ArrowConverter::ToArrowArray(chunk, &array, properties_, extensions_);
  return arrow::ImportRecordBatch(&array, schema_);
}

}  // namespace weir::query::sql
