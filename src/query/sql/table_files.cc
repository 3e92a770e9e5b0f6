// SPDX-License-Identifier: Apache-2.0
#include "query/sql/table_files.h"

#include <fmt/format.h>

#include <duckdb/optimizer/filter_combiner.hpp>
#include <duckdb/planner/expression.hpp>
#include <duckdb/storage/statistics/node_statistics.hpp>

#include "query/sql/id_filter.h"
#include "query/sql/store_files.h"
#include "query/sql/time_bounds.h"

namespace weir::query::sql {
namespace {

// Each id is a lookup of some milliseconds; with more, the statistics and bloom filters must do.
constexpr size_t kTraceIdsMax = 32;

bool IsTail(const datafile::DataFile& file) { return file.path.starts_with(kTailPrefix); }

/// Of a file, below the scheme. Each scan has files of the tail of its own, with its columns.
std::string PathOf(const TableScan& scan, const datafile::DataFile& file) {
  if (IsTail(file)) return fmt::format("{}/{}", scan.number, file.path);
  return scan.table->root + "/" + file.path;
}

}  // namespace

duckdb::shared_ptr<TableFiles> TableFiles::All(std::shared_ptr<const TableScan> scan) {
  Files files;
  for (const LiveFiles& manifest : scan->table->files) {
    for (const datafile::DataFile& file : *manifest) {
      files.push_back(&file);
      scan->session.Allow(PathOf(*scan, file), file.file_bytes);
    }
  }
  for (const auto& tail : scan->table->tail) {
    files.push_back(&tail->file);
    scan->session.Allow(PathOf(*scan, tail->file), scan->number, tail);
  }
  return duckdb::make_shared_ptr<TableFiles>(std::move(scan), std::move(files));
}

duckdb::unique_ptr<duckdb::MultiFileList> TableFiles::ComplexFilterPushdown(
    duckdb::ClientContext& context, const duckdb::MultiFileOptions&,
    duckdb::MultiFilePushdownInfo& info,
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& filters) const {
  AddTimeBounds(filters);
  duckdb::FilterCombiner combiner(context);
  for (const auto& filter : filters) combiner.AddFilter(filter->Copy());
  duckdb::vector<duckdb::FilterPushdownResult> unused;
  const duckdb::TableFilterSet found =
      combiner.GenerateTableScanFilters(info.column_indexes, unused);
  FiltersByColumn by_column;
  for (const auto& [column, filter] : found.filters) {
    if (column < scan_->columns.size()) by_column[column] = filter.get();
  }
  return Keep(by_column);
}

duckdb::unique_ptr<duckdb::MultiFileList> TableFiles::DynamicFilterPushdown(
    duckdb::ClientContext&, const duckdb::MultiFileOptions&, const duckdb::vector<duckdb::string>&,
    const duckdb::vector<duckdb::LogicalType>&, const duckdb::vector<duckdb::column_t>& column_ids,
    duckdb::TableFilterSet& filters) const {
  FiltersByColumn by_column;
  for (const auto& [index, filter] : filters.filters) {
    const duckdb::column_t column = column_ids[index];
    if (column < scan_->columns.size()) by_column[column] = filter.get();
  }
  return Keep(by_column);
}

duckdb::unique_ptr<duckdb::MultiFileList> TableFiles::Keep(const FiltersByColumn& filters) const {
  if (filters.empty()) return nullptr;
  Files kept;
  for (const datafile::DataFile* file : files_) {
    if (MayMatch(*file, scan_->columns, filters)) kept.push_back(file);
  }
  if (const auto of_traces = kept.size() > 1 ? FilesOfTraces(filters) : std::nullopt) {
    std::erase_if(kept, [&](const datafile::DataFile* file) {
      return !IsTail(*file) && !of_traces->contains(PathOf(*scan_, *file));
    });
  }
  if (kept.size() == files_.size()) return nullptr;
  int64_t count = 0, bytes = 0;
  for (const datafile::DataFile* file : kept) {
    if (IsTail(*file)) continue;
    ++count;
    bytes += file->file_bytes;
  }
  scan_->session.NarrowScan(scan_->number, count, bytes);
  return duckdb::make_uniq<TableFiles>(scan_, std::move(kept));
}

std::optional<std::set<std::string>> TableFiles::FilesOfTraces(
    const FiltersByColumn& filters) const {
  for (const auto& [column, filter] : filters) {
    if (scan_->columns[column].name != "trace_id") continue;
    const auto ids = TextsLeftBy(*filter, kTraceIdsMax);
    if (ids && !ids->empty()) return scan_->session.view().FilesOfTraces(*scan_->table, *ids);
  }
  return std::nullopt;
}

duckdb::OpenFileInfo TableFiles::GetFile(duckdb::idx_t i) const {
  if (i >= files_.size()) return {};
  return duckdb::OpenFileInfo(kStoreScheme + PathOf(*scan_, *files_[i]));
}

duckdb::vector<duckdb::OpenFileInfo> TableFiles::GetAllFiles() const {
  duckdb::vector<duckdb::OpenFileInfo> all;
  for (size_t i = 0; i < files_.size(); ++i) all.push_back(GetFile(i));
  return all;
}

duckdb::FileExpandResult TableFiles::GetExpandResult() const {
  if (files_.empty()) return duckdb::FileExpandResult::NO_FILES;
  return files_.size() == 1 ? duckdb::FileExpandResult::SINGLE_FILE
                            : duckdb::FileExpandResult::MULTIPLE_FILES;
}

duckdb::unique_ptr<duckdb::NodeStatistics> TableFiles::GetCardinality(
    duckdb::ClientContext&) const {
  int64_t rows = 0;
  for (const datafile::DataFile* file : files_) rows += file->record_count;
  return duckdb::make_uniq<duckdb::NodeStatistics>(static_cast<duckdb::idx_t>(rows),
                                                   static_cast<duckdb::idx_t>(rows));
}

duckdb::unique_ptr<duckdb::MultiFileList> TableFiles::Copy() const {
  return duckdb::make_uniq<TableFiles>(scan_, files_);
}

}  // namespace weir::query::sql
