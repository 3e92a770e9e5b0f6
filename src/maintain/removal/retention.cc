// SPDX-License-Identifier: Apache-2.0
#include "maintain/removal/retention.h"

#include "maintain/iceberg_side.h"

namespace weir::maintain {
namespace {

namespace iceberg = table::iceberg;

constexpr int64_t kMillisPerDay = 86'400'000;

}  // namespace

int64_t RetentionDaysOf(const RetentionLimits& limits, const catalog::TableName& table) {
  for (const std::string& name : {table.ToString(), table.name}) {
    const auto found = limits.days_by_table.find(name);
    if (found != limits.days_by_table.end()) return found->second;
  }
  return limits.days;
}

DayRange DaysBefore(int64_t days, int64_t now_ms) {
  // A day has ended when the next begins.
  return {.end = now_ms / kMillisPerDay - days};
}

Result<std::vector<datafile::DataFile>> FilesOfDays(const store::Store& store,
                                                    const iceberg::TableState& state,
                                                    const DayRange& days) {
  std::vector<datafile::DataFile> files;
  for (const iceberg::ManifestFile& manifest : state.manifests) {
    const bool has_none = (manifest.date_min && *manifest.date_min >= days.end) ||
                          (manifest.date_max && *manifest.date_max < days.first);
    if (has_none || manifest.live_files() == 0) continue;
    TRY(ForEachEntry(store, state, manifest, [&](const iceberg::ManifestEntry& entry) {
      if (!entry.is_live() || !days.Has(entry.file.date)) return true;
      files.push_back({.path = entry.file.path,
                       .date = entry.file.date,
                       .record_count = entry.file.record_count,
                       .file_bytes = entry.file.file_bytes});
      return true;
    }));
  }
  return files;
}

}  // namespace weir::maintain
