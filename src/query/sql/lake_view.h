// SPDX-License-Identifier: Apache-2.0
#pragma once
// The tables that one query sees: all at one moment, whatever is committed meanwhile.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/guarded.h"
#include "base/result.h"
#include "catalog/catalog.h"
#include "datafile/data_file.h"
#include "query/sql/manifest_cache.h"
#include "query/tail/tail_files.h"
#include "query/trace/trace_lookup.h"
#include "signal/tail.h"
#include "store/store.h"
#include "table/iceberg/table_state.h"

namespace weir::query::sql {

/// A table at one snapshot. Immutable.
struct TableAt {
  catalog::TableName name;
  int64_t snapshot_id = 0;  // 0 before the first data.
  std::string root;         // Of the table, in the store.
  table::iceberg::Schema schema;
  std::vector<LiveFiles> files;  // By manifest.
  TailFileList tail;             // Of rows that are not in those; none for a version asked for.
};

/// Which version of a table is asked for: a snapshot's id, or the one that was current at a time,
/// µs since the epoch.
struct SnapshotId {
  int64_t id = 0;
};
struct AsOf {
  int64_t unix_micros = 0;
};
using Version = std::variant<SnapshotId, AsOf>;

/// Any thread. Reads metadata when a table is first asked for.
class LakeView {
 public:
  /// What all views read from; outlives them.
  struct Lake {
    const store::Store& store;
    const catalog::Catalog& catalog;
    ManifestCache& manifests;
    signal::Tail* tail = nullptr;   // Null: only what is committed is seen.
    TraceLookup* traces = nullptr;  // Null: the trace index is not asked.
  };

  /// The tables of `schemas` as they all are at one moment, with what was acknowledged until then.
  /// Errors: kRetryLater where commits left none; the catalog's, the tail's.
  static Result<std::shared_ptr<LakeView>> Take(const Lake& lake,
                                                const std::set<std::string>& schemas);

  /// Errors: kNotFound, naming the table and what there is, or the version; kRetryLater where the
  /// table moved on and its metadata was deleted; kInternal where it can't be read.
  Result<std::shared_ptr<const TableAt>> Table(const catalog::TableName& name,
                                               const std::optional<Version>& version);
  /// The files of `table`, by their paths in the store, that have spans of some traces. Nothing
  /// where that is not known: it is no table of spans, or the index is of another version.
  std::optional<std::set<std::string>> FilesOfTraces(const TableAt& table,
                                                     const std::vector<std::string>& trace_ids);
  /// In the order of their names.
  std::vector<catalog::TableName> Names() const;

 private:
  using State = table::iceberg::TableState;

  explicit LakeView(const Lake& lake) : lake_(lake) {}
  Result<std::shared_ptr<const State>> StateOf(const catalog::TableEntry& entry);
  Result<std::shared_ptr<TableAt>> Load(const catalog::TableName& name, const State& state,
                                        const std::optional<Version>& version) const;
  Result<TailFileList> TailOf(const catalog::TableName& name,
                              const table::iceberg::Metadata& metadata);
  /// A table that the first commit of its rows will create. Null where there are none.
  Result<std::shared_ptr<const TableAt>> NotCreatedYet(const catalog::TableName& name);

  const Lake lake_;
  std::map<catalog::TableName, catalog::TableEntry> entries_;
  Guarded<std::map<catalog::TableName, std::shared_ptr<const State>>> states_;
  Guarded<std::unique_ptr<signal::TailView>> tail_;
};

}  // namespace weir::query::sql
