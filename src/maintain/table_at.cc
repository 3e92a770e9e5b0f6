// SPDX-License-Identifier: Apache-2.0
#include "maintain/table_at.h"

#include "maintain/lake.h"
#include "table/iceberg/read_table.h"

namespace weir::maintain {

namespace iceberg = table::iceberg;

Result<iceberg::TableState> TableAt(const store::Store& store, const catalog::TableEntry& entry) {
  const std::string path = TRY(PathBelow(store, entry.metadata_location));
  return iceberg::ReadTable(store, path);
}

}  // namespace weir::maintain
