// SPDX-License-Identifier: Apache-2.0
#pragma once
// Requests to forget, carried out: rows leave the tables, every version that has them is dropped,
// and what held them leaves the disk.

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "catalog/catalog.h"
#include "catalog/forget_requests.h"
#include "maintain/delta_log_keeper.h"
#include "maintain/removal/row_search.h"
#include "store/store.h"
#include "table/iceberg/table_state.h"
#include "table/table_change.h"

namespace weir::maintain {

/// Works on all requests that are open, table by table, in steps that each can be done again: a
/// crash at any time costs at most a file that nobody names, and the next start goes on. What a
/// step has to do it reads from the tables, never from notes of an earlier run. One thread.
class Forgetter {
 public:
  struct Options {
    store::Store& store;
    catalog::Catalog& catalog;
    catalog::ForgetRequests& requests;
    const Clock& clock;
    std::function<Status(const catalog::TableName&, table::TableChange)> rearrange;
    /// Whether all that was acknowledged before the first call is in the tables and its requests
    /// are off the disk; `is_first` begins.
    std::function<Result<bool>(bool is_first)> journals_are_clear;
    /// Empties what is kept of rows beside the tables. Before a request is done.
    std::function<Status()> forget_elsewhere = [] { return Status::OK(); };
    /// How long queries that began at a version that is dropped may go on.
    std::chrono::milliseconds grace = std::chrono::minutes(1);
    int64_t process_start_ms = 0;  // As OrphanLimits'.
    int zstd_level = 3;
    int64_t row_group_rows = 256 << 10;
    std::function<bool()> is_cancelled = [] { return false; };
  };

  /// `delta_logs`: borrowed.
  Forgetter(Options options, DeltaLogKeeper& delta_logs)
      : options_(std::move(options)), delta_logs_(delta_logs) {}

  /// As far as it goes now; waits for nothing. Errors: what keeps it from going on; the next call
  /// tries again.
  Status Work();

 private:
  /// A table whose rows went, and what has to go after them.
  struct Table {
    catalog::TableName name;
    int64_t version = 0;     // The first without the rows.
    int64_t checkpoint = 0;  // Of Delta, at `version` or later; 0: not written yet.
  };
  struct Batch {
    std::vector<catalog::ForgetRequest> requests;
    std::vector<ForgottenValue> values;  // Of the requests.
    bool has_asked_journals = false, are_journals_clear = false, are_rows_removed = false;
    std::vector<catalog::TableName> searched;
    std::vector<Table> tables;  // Of which something has to go yet.
  };

  Status Begin();
  Status RemoveRows();
  Status RemoveRowsOf(const catalog::TableName& name);
  Status DeleteOrphansWith(const RowSearch& search, const catalog::TableEntry& entry) const;
  Result<table::TableChange> PlanChange(const RowSearch& search,
                                        const table::iceberg::TableState& state,
                                        const std::vector<FileWithRows>& live) const;
  Result<datafile::DataFile> WriteWithout(const RowSearch& search,
                                          const table::iceberg::TableState& state,
                                          const datafile::DataFile& file) const;
  Status NoteRemoved(const catalog::TableName& name, const std::vector<FileWithRows>& live,
                     int64_t versions);
  /// True when nothing of the table's rows is left.
  Result<bool> CleanUp(Table& table);

  const Options options_;
  DeltaLogKeeper& delta_logs_;
  std::optional<Batch> batch_;
};

/// What a request to forget would do to a table, or one that is carried out has to.
struct ForgetPlan {
  std::vector<FileWithRows> live;              // Written anew, or removed where no row is left.
  std::vector<FileWithRows> retired;           // Of older versions alone.
  std::vector<int64_t> versions;               // Snapshots that are dropped ahead of their time.
  std::vector<std::string> refs;               // Tags and branches that name one of them.
  int64_t first_version = 0, end_version = 0;  // That may have such a row: [first, end).

  bool is_empty() const { return live.empty() && retired.empty(); }
};
Result<ForgetPlan> PlanForget(const RowSearch& search, const table::iceberg::TableState& state,
                              const std::vector<catalog::RetiredFile>& retired);

}  // namespace weir::maintain
