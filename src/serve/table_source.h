// SPDX-License-Identifier: Apache-2.0
#pragma once
// A table's entry in the catalog and the metadata document it points at.

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "base/result.h"
#include "catalog/catalog.h"
#include "store/store.h"

namespace weir::serve {

/// An entry and the text of the metadata file it points at: they always belong together.
struct TableDocument {
  catalog::TableEntry entry;
  std::string metadata;  // JSON, decompressed.
};

/// Reads through catalog and store; both are borrowed and outlive it. Any thread; waits for disks.
class TableSource {
 public:
  TableSource(const catalog::Catalog& catalog, const store::Store& store)
      : catalog_(catalog), store_(store) {}

  Result<std::vector<std::string>> ListSchemas() const { return catalog_.ListSchemas(); }
  Result<bool> HasSchema(const std::string& schema) const;
  /// Errors: kNotFound where the schema is missing.
  Result<std::vector<catalog::TableEntry>> ListTables(const std::string& schema) const;
  /// Errors: kNotFound, also for a name that no table can have.
  Result<catalog::TableEntry> Find(const catalog::TableName& name) const;
  Result<TableDocument> Load(const catalog::TableName& name) const;
  Result<TableDocument> Load(const catalog::TableEntry& entry) const;

  /// The store's path of an object's URI. Errors: kInternal when it lies outside the store.
  Result<std::string> PathOf(const std::string& uri) const;
  const store::Store& store() const { return store_; }

 private:
  const catalog::Catalog& catalog_;
  const store::Store& store_;
};

/// Errors: kInternal when `document` is not a JSON object.
Result<nlohmann::ordered_json> ParseMetadata(const TableDocument& document);

}  // namespace weir::serve
