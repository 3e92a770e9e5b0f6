// SPDX-License-Identifier: Apache-2.0
#pragma once
// What an engine finds in the tables, by either format.

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "base/result.h"
#include "catalog/catalog.h"
#include "store/memory_store.h"

namespace weir::simulation {

/// One thread. Keeps what never changes: files and log entries.
class Tables {
 public:
  Tables(const store::MemoryStore& store, const catalog::Catalog& catalog, bool are_small)
      : store_(store), catalog_(catalog), are_small_(are_small) {}

  /// How often each row is there. Errors: where the formats do not list the same files, once each,
  /// or the Delta log is ahead of its table.
  Result<std::map<int64_t, int>> Rows();

 private:
  using Paths = std::set<std::string>;
  struct DeltaTable {
    int64_t next_version = 0;
    Paths files;
  };
  Result<Paths> IcebergFiles(const catalog::TableEntry& entry) const;
  Result<Paths> DeltaFiles(const catalog::TableEntry& entry, const std::string& root);

  const store::MemoryStore& store_;
  const catalog::Catalog& catalog_;
  const bool are_small_;                     // In SmallFormats.
  std::map<std::string, DeltaTable> delta_;  // By root.
};

}  // namespace weir::simulation
