// SPDX-License-Identifier: Apache-2.0
#include "table/iceberg/manifest.h"

#include <algorithm>
#include <utility>

#include "table/iceberg/bound_binary.h"

namespace weir::table::iceberg {
namespace {

void Count(const ManifestEntry& entry, ManifestFile& manifest) {
  switch (entry.status) {
    case EntryStatus::kExisting:
      ++manifest.existing_files;
      manifest.existing_rows += entry.file.record_count;
      break;
    case EntryStatus::kAdded:
      ++manifest.added_files;
      manifest.added_rows += entry.file.record_count;
      break;
    case EntryStatus::kDeleted:
      ++manifest.deleted_files;
      manifest.deleted_rows += entry.file.record_count;
      break;
  }
}

/// Bounds of partition values. All of one field have one type.
std::vector<FieldSummary> SummariesOf(const std::vector<ManifestEntry>& entries) {
  using Value = std::optional<datafile::Bound>;
  struct Seen {
    bool has_null = false;
    Value lower, upper;
  };
  std::vector<Seen> all;
  for (const ManifestEntry& entry : entries) {
    const std::vector<Value>& values = entry.file.partition;
    if (all.size() < values.size()) all.resize(values.size());
    for (size_t i = 0; i < values.size(); ++i) {
      all[i].has_null |= !values[i];
      if (!values[i]) continue;
      if (!all[i].lower || *values[i] < *all[i].lower) all[i].lower = values[i];
      if (!all[i].upper || *all[i].upper < *values[i]) all[i].upper = values[i];
    }
  }
  std::vector<FieldSummary> summaries;
  for (const Seen& seen : all) {
    FieldSummary summary{.contains_null = seen.has_null, .lower = {}, .upper = {}};
    if (seen.lower) summary.lower = ValueBinary(*seen.lower);
    if (seen.upper) summary.upper = ValueBinary(*seen.upper);
    summaries.push_back(std::move(summary));
  }
  return summaries;
}

}  // namespace

ManifestFile Describe(ManifestEntries entries, int64_t sequence_number, int64_t snapshot_id) {
  ManifestFile manifest;
  manifest.sequence_number = sequence_number;
  manifest.min_sequence_number = sequence_number;
  manifest.added_snapshot_id = snapshot_id;
  for (const ManifestEntry& entry : *entries) {
    Count(entry, manifest);
    const int32_t date = entry.file.date;
    manifest.date_min = std::min(manifest.date_min.value_or(date), date);
    manifest.date_max = std::max(manifest.date_max.value_or(date), date);
    if (!entry.is_live()) continue;
    manifest.min_sequence_number = std::min(manifest.min_sequence_number, entry.sequence_number);
  }
  if (!entries->empty()) manifest.partition_spec_id = entries->front().file.spec_id;
  manifest.fields = SummariesOf(*entries);
  manifest.entries = std::move(entries);
  return manifest;
}

}  // namespace weir::table::iceberg
