// SPDX-License-Identifier: Apache-2.0
#pragma once
// Compaction carried out: the files of a run become one, and one commit puts it in their place.

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "catalog/catalog.h"
#include "maintain/compaction/compaction_plan.h"
#include "maintain/compaction/live_files.h"
#include "store/store.h"
#include "table/iceberg/file_layout.h"
#include "table/iceberg/table_state.h"
#include "table/table_change.h"

namespace weir::maintain {

/// Commits a change of a table. Errors: kConflict when nothing happened; others when it may have.
using Rearrange = std::function<Status(const catalog::TableName&, table::TableChange)>;

/// zstd's levels: the colder the rows, the harder.
struct CompressionLevels {
  int warm = 1;  // Of merges whose rows will be merged again.
  int cold = 3;  // Of row groups that stay; joins copy them.
};

/// One thread. What it knows of tables it read from the store; a crash at any time costs at most a
/// file that nobody names.
class Compactor {
 public:
  struct Options {
    store::Store& store;
    const Clock& clock;
    Rearrange rearrange;
    CompactionLimits limits;  // A table's own target size goes before `file_bytes`.
    CompressionLevels levels;
    /// Asked often: true ends the run that is under way, as if it had never begun.
    std::function<bool()> is_cancelled = [] { return false; };
  };

  explicit Compactor(Options options) : options_(std::move(options)) {}

  /// One run, where one is due; true when there was one, so that more may be due. A run that is a
  /// conflict is planned anew, of half as many files each time. Files that fit with no others are
  /// left alone from then on, and the rest of their run is tried in halves.
  /// Errors: the store's; what the commit says, but for kConflict.
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
    LiveFiles files;
    std::map<PartitionKey, Newest> newest;
    std::set<std::string> left_alone;     // Paths of live files that can't be compacted.
    size_t run_files_max = kRunFilesMax;  // Fewer after conflicts.
  };
  static constexpr size_t kRunFilesMax = 4096;
  /// A table at the moment of a plan.
  struct Target {
    const catalog::TableName& name;
    const table::iceberg::TableState& state;
    const table::iceberg::FileLayout& layout;
    Table& table;
  };

  /// A table as it is read.
  struct Found {
    table::iceberg::TableState state;
    table::iceberg::FileLayout layout;
  };

  /// Nothing where the table moved on since.
  Result<std::optional<Found>> Find(const catalog::TableEntry& entry) const;
  std::vector<CompactionRun> Plan(Target& target, std::vector<LiveFile> files) const;
  QuietTimes NoteNewest(const std::vector<LiveFile>& files, Table& table) const;
  Status RunOrSplit(Target& target, const CompactionRun& run);
  /// Until this process ends, or the file goes.
  static Status LeaveAlone(Target& target, const LiveFile& file, const Status& why);
  Status Run(const Target& target, const CompactionRun& run);
  /// Puts the run's file at `path`. Errors: kBadRequest where one of its files can't be taken.
  Result<datafile::DataFile> Make(const Target& target, const CompactionRun& run,
                                  const std::string& path);
  Result<datafile::DataFile> Merge(const Target& target, const CompactionRun& run,
                                   const std::string& path);
  Result<datafile::DataFile> Join(const Target& target, const CompactionRun& run,
                                  const std::string& path);

  const Options options_;
  std::map<catalog::TableName, Table> tables_;
};

}  // namespace weir::maintain
