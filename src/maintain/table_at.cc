// SPDX-License-Identifier: Apache-2.0
#include "maintain/table_at.h"

#include <fmt/format.h>

#include "maintain/lake.h"
#include "table/iceberg/read_table.h"
#include "table/iceberg/schema_fields.h"

namespace weir::maintain {

namespace iceberg = table::iceberg;

Result<iceberg::TableState> TableAt(const store::Store& store, const catalog::TableEntry& entry) {
  const auto path = StorePath(store, entry.metadata_location);
  if (!path) return Error(ErrorKind::kBadRequest, entry.metadata_location + " is elsewhere");
  return iceberg::ReadTable(store, *path);
}

Result<std::vector<std::string>> SortColumnsOf(const iceberg::TableState& state) {
  std::vector<std::string> columns;
  const auto& orders = state.metadata.sort_orders;
  if (orders.size() < 2) return columns;
  const iceberg::SchemaFields fields =
      TRY(iceberg::SchemaFieldsOf(*state.metadata.CurrentSchema()));
  for (const iceberg::SortField& field : orders[1].fields) {
    const auto found = fields.find(field.source_id);
    if (found == fields.end()) {
      return Error(ErrorKind::kBadRequest,
                   fmt::format("sort order names field {}, which is no column", field.source_id));
    }
    columns.push_back(found->second.path);
  }
  return columns;
}

}  // namespace weir::maintain
