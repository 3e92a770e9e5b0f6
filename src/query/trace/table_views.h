// SPDX-License-Identifier: Apache-2.0
#pragma once
// The live files of tables and the little of their statistics that a lookup needs, kept from
// snapshot to snapshot.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/guarded.h"
#include "base/result.h"
#include "catalog/catalog.h"
#include "datafile/added/file_shape.h"
#include "signal/published_table.h"
#include "store/store.h"
#include "table/iceberg/table_state.h"

namespace weir::query {

/// A live file. Bounds that are not known bound nothing.
struct LiveFile {
  std::string path;  // In the store.
  int64_t bytes = 0, rows = 0;
  int32_t date = 0;
  std::string id_min;
  std::optional<std::string> id_max;
  std::optional<int64_t> time_min_us, time_max_us;

  bool MayHave(const std::string& trace_id) const {
    return id_min <= trace_id && (!id_max || trace_id <= *id_max);
  }
  bool MayHave(int64_t since_us, int64_t until_us) const {
    return (!time_min_us || *time_min_us <= until_us) && (!time_max_us || *time_max_us >= since_us);
  }
};

/// A table at one snapshot. Immutable.
struct TableView {
  std::string metadata_location;
  int64_t snapshot_id = 0;
  /// Of the trace index: spans up to this day may be missing in it.
  std::optional<int32_t> complete_after;
  datafile::FileShape shape;  // What the table was given.
  using Files = std::shared_ptr<const std::vector<LiveFile>>;
  std::map<std::string, Files> files;  // By manifest.
};

/// Any thread. A snapshot that is new costs its metadata and the manifests that are new.
class TableViews {
 public:
  TableViews(const store::Store& store, const catalog::Catalog& catalog)
      : store_(store), catalog_(catalog) {}

  /// The table as it is now. Errors: kNotFound where there is no such table; kInternal where its
  /// metadata can't be read.
  Result<std::shared_ptr<const TableView>> Of(const signal::TableSet& tables, signal::Table table);

 private:
  using View = std::shared_ptr<const TableView>;
  Result<View> Load(const catalog::TableEntry& entry, signal::Table table,
                    const View& before) const;
  Result<TableView::Files> ReadManifest(const table::iceberg::TableState& state,
                                        const table::iceberg::ManifestFile& manifest,
                                        signal::Table table) const;

  const store::Store& store_;
  const catalog::Catalog& catalog_;
  Guarded<std::map<catalog::TableName, View>> views_;
};

}  // namespace weir::query
