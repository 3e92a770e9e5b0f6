// SPDX-License-Identifier: Apache-2.0
#pragma once
// The tables that this process commits to, each at its latest snapshot.

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "buffer/generation.h"
#include "catalog/catalog.h"
#include "commit/formats.h"
#include "store/store.h"
#include "table/iceberg/table_state.h"
#include "table/table_change.h"

namespace weir::commit {

/// One table as of its last commit.
struct TableHead {
  catalog::TableEntry entry;
  table::TableDefinition definition;
  table::iceberg::TableState state;
};

/// One thread.
class TableHeads {
 public:
  TableHeads(store::Store& store, catalog::Catalog& catalog, const Clock& clock,
             const Formats& formats = {})
      : store_(store), catalog_(catalog), clock_(clock), formats_(formats) {}

  /// The table's head, read or, where the catalog does not have the table, created with an empty
  /// first version of both formats. Errors: of store and catalog; kConflict when someone else
  /// creates it right now.
  Result<TableHead*> Open(const buffer::TableKey& key);
  const Formats& formats() const { return formats_; }
  /// Reads the table again at its next Open.
  void Forget(const buffer::TableKey& key) { heads_.erase(key); }

 private:
  Result<TableHead> Create(const buffer::TableKey& key);
  Result<std::optional<int32_t>> NewestDayOfSpans(const signal::TableSet& tables);
  Result<TableHead> Read(const catalog::TableEntry& entry, table::TableDefinition definition) const;

  store::Store& store_;
  catalog::Catalog& catalog_;
  const Clock& clock_;
  const Formats formats_;
  std::map<buffer::TableKey, TableHead> heads_;
};

catalog::TableName NameOf(const buffer::TableKey& key);

/// The version that Delta's commitInfo names.
std::string EngineVersion();

}  // namespace weir::commit
