// SPDX-License-Identifier: Apache-2.0
#pragma once
// Compaction carried out: the files of a run become one, and one commit puts it in their place.

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "catalog/catalog.h"
#include "maintain/compaction/compaction_plan.h"
#include "store/store.h"
#include "table/iceberg/table_state.h"
#include "table/table_change.h"

namespace weir::maintain {

/// Commits a change of a table. Errors: kConflict when nothing happened; others when it may have.
using Rearrange = std::function<Status(const catalog::TableName&, table::TableChange)>;

/// One thread. What it knows of tables it read from the store; a crash at any time costs at most a
/// file that nobody names.
class Compactor {
 public:
  struct Options {
    store::Store& store;
    const Clock& clock;
    Rearrange rearrange;
    CompactionLimits limits;
    int zstd_level = 3;
    /// Asked often: true ends the run that is under way, as if it had never begun.
    std::function<bool()> is_cancelled = [] { return false; };
  };

  explicit Compactor(Options options) : options_(std::move(options)) {}

  /// One run, where one is due; true when there was one, so that more may be due.
  /// Errors: the store's; kBadRequest where files do not fit together; what the commit says, but
  /// for kConflict: then the next plan starts from what is live.
  Result<bool> CompactOnce(const catalog::TableEntry& entry);
  /// The runs that are due, the next one first. Errors: the store's.
  Result<std::vector<CompactionRun>> Plan(const catalog::TableEntry& entry);

 private:
  /// When a partition got its newest file, as far as this process knows.
  struct Newest {
    int64_t version = 0;
    std::chrono::nanoseconds since{0};
  };
  /// What is known of one table.
  struct Table {
    std::map<std::string, std::vector<LiveFile>> manifests;  // Of the last snapshot, by URI.
    std::map<int32_t, Newest> newest;                        // By partition.
  };

  Result<std::vector<LiveFile>> LiveFiles(const table::iceberg::TableState& state, Table& table);
  QuietTimes NoteNewest(const std::vector<LiveFile>& files, Table& table) const;
  Status Run(const catalog::TableName& name, const table::iceberg::TableState& state,
             const CompactionRun& run);

  const Options options_;
  std::map<catalog::TableName, Table> tables_;
};

}  // namespace weir::maintain
