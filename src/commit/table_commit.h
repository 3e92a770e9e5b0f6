// SPDX-License-Identifier: Apache-2.0
#pragma once
// One commit of any number of tables: sealed rows in, one catalog transaction out, both formats
// behind it.

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "buffer/generation.h"
#include "catalog/catalog.h"
#include "commit/table_heads.h"
#include "datafile/parquet_file.h"
#include "store/store.h"
#include "table/table_change.h"

namespace weir::commit {

/// Rows of several tables on their way into data files, then the commit of all of them. Add from
/// any threads, then Finish from one.
class TableCommit {
 public:
  /// Asked before a failed step is tried again; false gives up (the journal still has the rows).
  /// Any thread.
  using ShouldRetry = std::function<bool(std::string_view step, const Status& failure)>;

  struct Rooms {
    store::Store& store;
    catalog::Catalog& catalog;
    const Clock& clock;
    TableHeads& heads;
  };

  TableCommit(Rooms rooms, ShouldRetry should_retry)
      : rooms_(rooms), should_retry_(std::move(should_retry)) {}

  /// Writes the generation's rows to data files. They are gone from it, and counted into its
  /// writer's progress.
  Status Add(buffer::Generation& generation);
  /// Other files in the place of some that are live: the same rows; files that an engine wrote; or
  /// a table that becomes another. Nothing else of that table is in the commit.
  void Rearrange(const buffer::TableKey& key, table::TableChange change);
  /// Makes everything added visible, in both formats. Errors: only when should_retry gave up.
  Status Finish();

 private:
  struct Planned;
  Status Retry(std::string_view step, const std::function<Status()>& attempt) const;
  Result<datafile::FileShape> ShapeOf(const buffer::TableKey& key);
  Result<std::string> RootOf(const buffer::TableKey& key);
  Status PutFile(const buffer::TableKey& key, datafile::ParquetFile encoded);
  Status MoveTables();
  Result<Planned> Plan(const buffer::TableKey& key, const table::TableChange& change);
  Status CommitToCatalog(const std::vector<Planned>& planned);
  Result<bool> IsCommitted(const Planned& planned) const;

  const Rooms rooms_;
  const ShouldRetry should_retry_;
  std::mutex mutex_;  // Of what Add shares: the heads and the members below.
  std::map<buffer::TableKey, table::TableChange> changes_;
  std::vector<catalog::WriterProgress> progress_;
};

}  // namespace weir::commit
