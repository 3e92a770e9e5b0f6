// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a commit is written with. Simulations, which are about its steps, give smaller ones.

#include <functional>

#include "commit/file_encoder.h"
#include "signal/published_table.h"
#include "table/iceberg/plan_commit.h"
#include "table/iceberg/read_table.h"
#include "table/table_change.h"

namespace weir::commit {

/// A table as published.
inline table::TableDefinition DefinitionOf(signal::Table table) {
  const signal::PublishedTable& published = signal::Published(table);
  return {published.schema, published.partition_column, published.sort_columns,
          published.compacted_sort_columns, published.bloom_columns};
}

/// The published tables, Parquet and Iceberg, where nothing else is said.
struct Formats {
  decltype(&DefinitionOf) definition_of = DefinitionOf;
  decltype(&EncodeFiles) encode_files = EncodeFiles;
  decltype(&table::iceberg::ReadTable) read_table = table::iceberg::ReadTable;
  decltype(&table::iceberg::PlanCreate) plan_create = table::iceberg::PlanCreate;
  decltype(&table::iceberg::PlanCommit) plan_commit = table::iceberg::PlanCommit;
  // Sees a table's rows once they are in files, which may be by several threads at once.
  std::function<void(signal::RowColumns&)> on_rows_written;
};

}  // namespace weir::commit
