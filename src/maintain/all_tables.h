// SPDX-License-Identifier: Apache-2.0
#pragma once
// What there is to look after.

#include <vector>

#include "catalog/catalog.h"

namespace weir::maintain {

/// Every table of every schema. Errors: the catalog's.
inline Result<std::vector<catalog::TableEntry>> AllTables(const catalog::Catalog& catalog) {
  std::vector<catalog::TableEntry> all;
  const std::vector<std::string> schemas = TRY(catalog.ListSchemas());
  for (const std::string& schema : schemas) {
    const std::vector<catalog::TableEntry> tables = TRY(catalog.ListTables(schema));
    all.insert(all.end(), tables.begin(), tables.end());
  }
  return all;
}

}  // namespace weir::maintain
