// SPDX-License-Identifier: Apache-2.0
#pragma once
// A table and a change to it as values, before any format has its say.

#include <arrow/type_fwd.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "datafile/added/file_shape.h"
#include "datafile/data_file.h"
#include "table/alteration.h"

namespace weir::table {

/// What a table is.
struct TableDefinition {
  /// Columns in order; every field, nested ones included, carries its id as metadata
  /// `PARQUET:field_id`.
  std::shared_ptr<arrow::Schema> schema;
  std::string partition_column;           // A DATE column, partitioned by identity.
  std::vector<std::string> sort_columns;  // Ascending, nulls first: the order inside a fresh file.
  std::vector<std::string> compacted_sort_columns = {};  // The same of what compaction writes.
  std::vector<std::string> bloom_columns = {};           // Compaction gives them bloom filters.
  datafile::FileShape shape = {};  // What it became since; its columns are the last of `schema`.
};

/// Versions that a commit drops ahead of their time: those in [first, end).
struct DroppedVersions {
  int64_t first = 0, end = 0;
  bool even_named = false;  // Also those that a tag or a branch names, and these names with them.
};

/// What another engine chose for the snapshot that it asked for.
struct EngineSnapshot {
  int64_t snapshot_id = 0;                     // Positive and new.
  std::map<std::string, std::string> summary;  // Beside the counts, which are not the engine's.
  // What it wrote for that snapshot, relative to the table: in no version, deleted some time after.
  std::vector<std::string> metadata_files;
};

/// Files that come and go in one commit. An append only adds.
struct TableChange {
  std::vector<datafile::DataFile> added;
  std::vector<datafile::DataFile> removed;
  bool is_rearrangement =
      false;  // Compaction: the same rows in other files; readers of changes skip it.
  std::optional<DroppedVersions> dropped;  // Of Iceberg's snapshots; never the current one.
  std::optional<EngineSnapshot> asked_by;  // Absent: the commit is our own.
  std::optional<Alteration> altered;       // What the table becomes with this commit.
};

/// A file that was live in the versions [added_version, removed_version), sequence numbers of
/// Iceberg and versions of Delta alike. Metadata of dropped versions: in no version.
struct RetiredFile {
  std::string path;  // As DataFile's: relative to the table.
  int64_t added_version = 0, removed_version = 0;

  bool operator==(const RetiredFile&) const = default;
};

/// The facts of one commit that are chosen before it, so that its outcome can be looked up.
struct CommitIdentity {
  int64_t snapshot_id = 0;
  int64_t timestamp_ms = 0;  // Later than the table's last commit.
  std::string unique;        // A UUID that goes into file names.
};

/// Metadata file to be written, put-if-absent, before the commit.
struct NewObject {
  std::string path;  // Relative to the store's root.
  std::string bytes;
};

}  // namespace weir::table
