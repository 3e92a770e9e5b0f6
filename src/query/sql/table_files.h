// SPDX-License-Identifier: Apache-2.0
#pragma once
// The data files of one table in one query, as DuckDB asks for them.

#include <duckdb/common/multi_file/multi_file_list.hpp>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "datafile/data_file.h"
#include "query/sql/columns.h"
#include "query/sql/file_filter.h"
#include "query/sql/lake_view.h"
#include "query/sql/session.h"

namespace weir::query::sql {

/// What all file lists of a scan share; filters only make the list shorter. The session outlives
/// it.
struct TableScan {
  std::shared_ptr<const TableAt> table;
  Columns columns;
  Session& session;
  size_t number = 0;  // In the session.
};

/// Immutable, so any thread.
class TableFiles final : public duckdb::MultiFileList {
 public:
  using Files = std::vector<const datafile::DataFile*>;

  /// All files of the table, and its tail; the session may open them from now on.
  static duckdb::shared_ptr<TableFiles> All(std::shared_ptr<const TableScan> scan);
  TableFiles(std::shared_ptr<const TableScan> scan, Files files)
      : scan_(std::move(scan)), files_(std::move(files)) {}

  const TableScan& scan() const { return *scan_; }

  duckdb::unique_ptr<MultiFileList> ComplexFilterPushdown(
      duckdb::ClientContext& context, const duckdb::MultiFileOptions& options,
      duckdb::MultiFilePushdownInfo& info,
      duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& filters) const override;
  duckdb::unique_ptr<MultiFileList> DynamicFilterPushdown(
      duckdb::ClientContext& context, const duckdb::MultiFileOptions& options,
      const duckdb::vector<duckdb::string>& names, const duckdb::vector<duckdb::LogicalType>& types,
      const duckdb::vector<duckdb::column_t>& column_ids,
      duckdb::TableFilterSet& filters) const override;
  duckdb::vector<duckdb::OpenFileInfo> GetAllFiles() const override;
  duckdb::FileExpandResult GetExpandResult() const override;
  duckdb::idx_t GetTotalFileCount() const override { return files_.size(); }
  duckdb::unique_ptr<duckdb::NodeStatistics> GetCardinality(
      duckdb::ClientContext& context) const override;
  duckdb::unique_ptr<MultiFileList> Copy() const override;

 protected:
  duckdb::OpenFileInfo GetFile(duckdb::idx_t i) const override;

 private:
  duckdb::unique_ptr<MultiFileList> Keep(const FiltersByColumn& filters) const;
  /// By the trace index. Nothing where the filters leave more than some traces.
  std::optional<std::set<std::string>> FilesOfTraces(const FiltersByColumn& filters) const;

  const std::shared_ptr<const TableScan> scan_;
  const Files files_;
};

}  // namespace weir::query::sql
