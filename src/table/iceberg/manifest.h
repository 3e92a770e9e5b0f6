// SPDX-License-Identifier: Apache-2.0
#pragma once
// Manifests: lists of data files, and the list of those lists that a snapshot is.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "datafile/data_file.h"

namespace weir::table::iceberg {

enum class EntryStatus { kExisting = 0, kAdded = 1, kDeleted = 2 };

/// A data file in a manifest. The numbers are never left to be inherited here, only in the file.
struct ManifestEntry {
  EntryStatus status = EntryStatus::kAdded;
  int64_t snapshot_id = 0;  // That added the file, or deleted it.
  int64_t sequence_number = 0;
  int64_t file_sequence_number = 0;
  std::optional<int32_t> sort_order_id;
  datafile::DataFile file;
  /// The file as its manifest has it in Avro, where it was read only to be copied; then `file` has
  /// but date, record count and size.
  std::string encoded_file;

  bool is_live() const { return status != EntryStatus::kDeleted; }
};

using ManifestEntries = std::shared_ptr<const std::vector<ManifestEntry>>;

/// What a manifest list says of one partition field of all files of a manifest.
struct FieldSummary {
  bool contains_null = false;
  std::optional<std::string> lower, upper;  // In single-value binary form; absent: all are null.

  bool operator==(const FieldSummary&) const = default;
};

enum class ManifestContent { kData = 0, kDeletes = 1 };

/// A manifest as the manifest list knows it.
struct ManifestFile {
  std::string path;  // URI; empty while it is planned.
  int64_t length = 0;
  int32_t partition_spec_id = 0;
  ManifestContent content = ManifestContent::kData;
  int64_t sequence_number = 0;
  int64_t min_sequence_number = 0;
  int64_t added_snapshot_id = 0;
  int32_t added_files = 0;
  int32_t existing_files = 0;
  int32_t deleted_files = 0;
  int64_t added_rows = 0;
  int64_t existing_rows = 0;
  int64_t deleted_rows = 0;
  std::optional<int32_t> date_min;  // Of all entries; absent when unknown.
  std::optional<int32_t> date_max;
  std::vector<FieldSummary> fields = {};  // Of the spec's fields behind the date.
  ManifestEntries entries;  // Cached for small ones, else null. Shared by successive table states.

  int64_t live_files() const { return int64_t{added_files} + existing_files; }
  bool operator==(const ManifestFile&) const = default;
};

/// The counts, dates and numbers that follow from `entries`, which are of one spec; path and length
/// stay empty.
/// `sequence_number` and `snapshot_id` are those of the commit that writes the manifest.
ManifestFile Describe(ManifestEntries entries, int64_t sequence_number, int64_t snapshot_id);

}  // namespace weir::table::iceberg
