// SPDX-License-Identifier: Apache-2.0
#pragma once
// DuckDB's chunks as record batches, without a copy where both lay values out alike.

#include <arrow/type_fwd.h>

#include <duckdb/common/arrow/arrow_type_extension.hpp>
#include <duckdb/common/types/data_chunk.hpp>
#include <duckdb/main/client_context.hpp>
#include <duckdb/main/query_result.hpp>
#include <memory>

#include "base/result.h"

namespace weir::query::sql {

/// Of one result. One thread.
class ArrowRows {
 public:
  /// Errors: kInternal for a type that Arrow lacks. May raise what DuckDB does.
  static Result<ArrowRows> Of(duckdb::QueryResult& result, duckdb::ClientContext& context);

  const std::shared_ptr<arrow::Schema>& schema() const { return schema_; }
  Result<std::shared_ptr<arrow::RecordBatch>> Convert(duckdb::DataChunk& chunk) const;

 private:
  ArrowRows() = default;

  duckdb::ClientProperties properties_;
  duckdb::unordered_map<duckdb::idx_t, const duckdb::shared_ptr<duckdb::ArrowTypeExtensionData>>
      extensions_;
  std::shared_ptr<arrow::Schema> schema_;
};

}  // namespace weir::query::sql
