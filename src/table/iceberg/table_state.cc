// SPDX-License-Identifier: Apache-2.0
#include "table/iceberg/table_state.h"

#include <fmt/format.h>

#include "table/iceberg/file_layout.h"

namespace weir::table::iceberg {
namespace {

constexpr int32_t kFirstPartitionFieldId = 1000;

Result<PartitionSpec> SpecOf(const TableDefinition& definition) {
  PartitionSpec spec;
  const int32_t source_id = TRY(ColumnIdOf(*definition.schema, definition.partition_column));
  spec.fields.push_back({.source_id = source_id,
                         .field_id = kFirstPartitionFieldId,
                         .name = definition.partition_column,
                         .transform = "identity"});
  return spec;
}

}  // namespace

Result<TableState> NewTable(const TableDefinition& definition, const NewTableOptions& options) {
  TableState state{.location = options.location};
  Metadata& metadata = state.metadata;
  const Schema schema = TRY(SchemaFromArrow(*definition.schema, 0));
  metadata.table_uuid = options.uuid;
  metadata.location = options.location.uri;
  metadata.last_updated_ms = options.timestamp_ms;
  metadata.last_column_id = TRY(LastColumnId(schema));
  metadata.schemas.push_back(schema);
  const PartitionSpec spec = TRY(SpecOf(definition));
  metadata.partition_specs.push_back(spec);
  if (!spec.fields.empty()) metadata.last_partition_id = spec.fields.back().field_id;
  metadata.properties = {
      {"write.parquet.compression-codec", "zstd"},
      {"write.metadata.compression-codec", "gzip"},
      // The files belong to a Delta log too: no one but their one owner may delete them.
      {"gc.enabled", "false"}};
  // Order 0 is unsorted and the default: a sorted default keeps DuckDB from inserting. The files'
  // true orders are listed, too, and the files name them.
  metadata.sort_orders.resize(1);
  TRY(DeclareLayout(definition, metadata));
  const LeafTypes leaf_types = TRY(LeafTypesOf(schema));
  state.leaf_types = std::make_shared<const LeafTypes>(leaf_types);
  return state;
}

Result<ManifestSetting> SettingOf(const TableState& state, int32_t spec_id) {
  for (const PartitionSpec& spec : state.metadata.partition_specs) {
    if (spec.spec_id != spec_id) continue;
    return ManifestSetting{.location = state.location,
                           .schema = *state.metadata.CurrentSchema(),
                           .spec = spec,
                           .leaf_types = *state.leaf_types};
  }
  return Error(ErrorKind::kBadRequest,
               fmt::format("table {}: no partition spec {}", state.location.root, spec_id));
}

}  // namespace weir::table::iceberg
