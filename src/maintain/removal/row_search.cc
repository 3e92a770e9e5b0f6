// SPDX-License-Identifier: Apache-2.0
#include "maintain/removal/row_search.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "maintain/iceberg_side.h"

namespace weir::maintain {
namespace {

namespace iceberg = table::iceberg;

int32_t IdOf(const iceberg::SchemaFields& fields, std::string_view path) {
  for (const auto& [id, field] : fields) {
    if (field.path == path) return id;
  }
  return 0;
}

/// Whether a column with those statistics may have the value. Bounds may be cut, so that they are
/// further apart, never closer.
bool MayHave(const datafile::ColumnStatistics& column, const std::string& value) {
  if (column.null_count == column.value_count) return false;
  const auto* lower = column.lower ? std::get_if<std::string>(&*column.lower) : nullptr;
  const auto* upper = column.upper ? std::get_if<std::string>(&*column.upper) : nullptr;
  return (lower == nullptr || *lower <= value) && (upper == nullptr || value <= *upper);
}

}  // namespace

Result<RowSearch> RowSearch::Open(const store::Store& store, const iceberg::TableState& state,
                                  const std::vector<ForgottenValue>& values,
                                  std::function<bool()> is_cancelled) {
  RowSearch search(store, state);
  search.is_cancelled_ = std::move(is_cancelled);
  const iceberg::SchemaFields fields = TRY(FieldsOfAllSchemas(state.metadata));
  for (const ForgottenValue& value : values) {
    Sought sought{.value = value, .conditions = ConditionsFor(value, fields)};
    const bool is_column_alone =
        sought.conditions.size() == 1 && sought.conditions[0].column == value.column;
    if (is_column_alone) sought.field_id = IdOf(fields, value.column);
    search.groups_.push_back(sought.conditions);
    search.conditions_.insert(search.conditions_.end(), sought.conditions.begin(),
                              sought.conditions.end());
    search.sought_.push_back(std::move(sought));
  }
  return search;
}

bool RowSearch::MayHaveRows(const datafile::DataFile& file) const {
  return std::ranges::any_of(sought_, [&](const Sought& sought) {
    if (sought.conditions.empty()) return false;
    const auto column = file.statistics.find(sought.field_id);
    return column == file.statistics.end() || MayHave(column->second, sought.value.value);
  });
}

Result<FileWithRows> RowSearch::InFile(const std::string& path) const {
  // A server that stops does not wait for a search; what it found so far is found again.
  if (is_cancelled_()) return Error(ErrorKind::kConflict, "the search was cancelled");
  datafile::CountedRows counted =
      TRY(datafile::CountRows(store_, state_.location.root + "/" + path, groups_));
  return FileWithRows{.file = {.path = path, .record_count = counted.all},
                      .rows = counted.any,
                      .rows_by_value = std::move(counted.by_group)};
}

Result<std::vector<FileWithRows>> RowSearch::InLiveFiles() const {
  // Their facts alone: statistics of many files would fill memory.
  std::vector<FileWithRows> candidates, found;
  for (const iceberg::ManifestFile& manifest : state_.manifests) {
    TRY(ForEachEntry(store_, state_, manifest, [&](const iceberg::ManifestEntry& entry) {
      if (!entry.is_live() || !MayHaveRows(entry.file)) return true;
      candidates.push_back({.file = {.path = entry.file.path,
                                     .date = entry.file.date,
                                     .record_count = entry.file.record_count,
                                     .file_bytes = entry.file.file_bytes},
                            .added_version = entry.file_sequence_number});
      return true;
    }));
  }
  for (FileWithRows& candidate : candidates) {
    FileWithRows one = TRY(InFile(candidate.file.path));
    if (one.rows == 0) continue;
    one.file = std::move(candidate.file);
    one.added_version = candidate.added_version;
    found.push_back(std::move(one));
  }
  return found;
}

Result<std::vector<FileWithRows>> RowSearch::InRetiredFiles(
    const std::vector<catalog::RetiredFile>& retired) const {
  std::vector<FileWithRows> found;
  for (const catalog::RetiredFile& file : retired) {
    if (!file.path.starts_with("data/") || !file.path.ends_with(".parquet")) continue;
    auto one = InFile(file.path);
    // Deleted, and a crash came before the catalog was told.
    if (!one.ok() && KindOf(one.status()) == ErrorKind::kNotFound) continue;
    TRY(one.status());
    if (one->rows == 0) continue;
    one->added_version = file.added_version;
    found.push_back(*std::move(one));
  }
  return found;
}

}  // namespace weir::maintain
