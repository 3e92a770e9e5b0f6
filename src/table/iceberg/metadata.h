// SPDX-License-Identifier: Apache-2.0
#pragma once
// An Iceberg v2 table's metadata file as values.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "table/iceberg/schema_json.h"

namespace weir::table::iceberg {

/// What one snapshot did and what the table holds since.
struct Summary {
  std::string operation;  // append, replace, overwrite or delete.
  int64_t added_files = 0;
  int64_t added_records = 0;
  int64_t added_bytes = 0;
  int64_t deleted_files = 0;
  int64_t deleted_records = 0;
  int64_t removed_bytes = 0;
  int64_t changed_partitions = 0;
  int64_t total_files = 0;
  int64_t total_records = 0;
  int64_t total_bytes = 0;
  std::map<std::string, std::string> other;  // What foreign writers put beside it.

  bool operator==(const Summary&) const = default;
};

struct Snapshot {
  int64_t snapshot_id = 0;
  std::optional<int64_t> parent_snapshot_id;
  int64_t sequence_number = 0;
  int64_t timestamp_ms = 0;
  std::string manifest_list;  // URI.
  int32_t schema_id = 0;
  Summary summary;

  bool operator==(const Snapshot&) const = default;
};

/// A branch or a tag.
struct Reference {
  int64_t snapshot_id = 0;
  std::string type;
  std::optional<int64_t> max_ref_age_ms;
  std::optional<int64_t> max_snapshot_age_ms;
  std::optional<int64_t> min_snapshots_to_keep;

  bool operator==(const Reference&) const = default;
};

struct SnapshotLogEntry {
  int64_t snapshot_id = 0;
  int64_t timestamp_ms = 0;

  bool operator==(const SnapshotLogEntry&) const = default;
};

struct MetadataLogEntry {
  std::string metadata_file;  // URI.
  int64_t timestamp_ms = 0;

  bool operator==(const MetadataLogEntry&) const = default;
};

struct PartitionField {
  int32_t source_id = 0;
  int32_t field_id = 0;
  std::string name;
  std::string transform;

  bool operator==(const PartitionField&) const = default;
};

struct PartitionSpec {
  int32_t spec_id = 0;
  std::vector<PartitionField> fields;

  bool operator==(const PartitionSpec&) const = default;
};

struct SortField {
  int32_t source_id = 0;
  std::string transform;
  std::string direction;
  std::string null_order;

  bool operator==(const SortField&) const = default;
};

struct SortOrder {
  int32_t order_id = 0;
  std::vector<SortField> fields;

  bool operator==(const SortOrder&) const = default;
};

/// Snapshots are in sequence order, so the newest is last.
struct Metadata {
  std::string table_uuid;
  std::string location;  // URI without a trailing slash.
  int64_t last_sequence_number = 0;
  int64_t last_updated_ms = 0;
  int32_t last_column_id = 0;
  std::vector<Schema> schemas;
  int32_t current_schema_id = 0;
  std::vector<PartitionSpec> partition_specs;
  int32_t default_spec_id = 0;
  int32_t last_partition_id = 999;
  std::vector<SortOrder> sort_orders;
  int32_t default_sort_order_id = 0;
  std::map<std::string, std::string> properties;
  std::optional<int64_t> current_snapshot_id;
  std::vector<Snapshot> snapshots;
  std::map<std::string, Reference> refs;
  std::vector<SnapshotLogEntry> snapshot_log;
  std::vector<MetadataLogEntry> metadata_log;
  std::string statistics_json = "[]";  // Foreign writers' files, carried along unread.
  std::string partition_statistics_json = "[]";

  /// Null before the first commit.
  const Snapshot* CurrentSnapshot() const;
  /// Null when there is none of that id.
  const Snapshot* SnapshotOf(int64_t snapshot_id) const;
  const Schema* CurrentSchema() const;
  const PartitionSpec* DefaultSpec() const;

  bool operator==(const Metadata&) const = default;
};

}  // namespace weir::table::iceberg
