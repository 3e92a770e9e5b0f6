// SPDX-License-Identifier: Apache-2.0
#pragma once
// What an engine finds in the tables, by either format.

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "catalog/catalog.h"
#include "store/memory_store.h"

namespace weir::simulation {

/// How often each row is there, by its number.
using RowCounts = std::vector<int>;

/// One thread. What never changes, files and log entries, is read once.
class Tables {
 public:
  Tables(const store::MemoryStore& store, const catalog::Catalog& catalog, bool are_small)
      : store_(store), catalog_(catalog), are_small_(are_small) {}

  /// The rows of all tables but the trace indexes. Errors: where the formats do not list the same
  /// files, once each; the Delta log is ahead of its table; a trace index counts other spans than
  /// there are.
  Result<RowCounts> Rows();

 private:
  using Paths = std::set<std::string>;
  /// One table, as far as it was read.
  struct Table {
    int64_t next_version = 0;       // Of its Delta log.
    Paths files;                    // By the Delta log.
    std::string metadata_location;  // That listed the same files.
  };
  Status Check(const catalog::TableEntry& entry);
  Result<Paths> IcebergFiles(const catalog::TableEntry& entry) const;
  Status ReadDeltaLog(const catalog::TableEntry& entry, const std::string& root, Table& table);
  Status CountRows(const std::string& path);
  Status CheckIndexes() const;

  const store::MemoryStore& store_;
  const catalog::Catalog& catalog_;
  const bool are_small_;                 // In SmallFormats.
  std::map<std::string, Table> tables_;  // By root.
  RowCounts rows_;
  /// Of each set of tables, by what its roots begin with: how many spans each trace has, as there
  /// are and as the index says.
  using SpanCounts = std::map<int64_t, int64_t>;
  std::map<std::string, SpanCounts> spans_, indexed_;
};

}  // namespace weir::simulation
