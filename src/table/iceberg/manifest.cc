// SPDX-License-Identifier: Apache-2.0
#include "table/iceberg/manifest.h"

#include <algorithm>

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
  manifest.entries = std::move(entries);
  return manifest;
}

}  // namespace weir::table::iceberg
