// SPDX-License-Identifier: Apache-2.0
#pragma once
// Names to current table metadata, moved by compare-and-swap in one database transaction.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace weir::catalog {

/// `name` in one-level namespace `schema`; both are [a-z0-9_]+, checked by IsValidName.
struct TableName {
  std::string schema;
  std::string name;

  std::string ToString() const { return schema + "." + name; }
  bool operator==(const TableName&) const = default;
  auto operator<=>(const TableName&) const = default;
};

/// Lower-case letters, digits, underscores; 1 to 200 of them; not starting with a digit.
bool IsValidName(std::string_view name);

/// A table as the catalog knows it.
struct TableEntry {
  TableName name;
  std::string uuid;
  std::string location;           // URI of the table's root.
  std::string metadata_location;  // URI of the current Iceberg metadata file; the commit point.
  int64_t snapshot_id = 0;        // 0 before the first data.
  int64_t delta_version = 0;  // The Delta log entry that belongs to it, published or about to be.
};

/// A data file that no current version has: the versions [added_version, removed_version) have it.
/// Noted with the commit that retired it, and the only reason for which it may be deleted.
struct RetiredFile {
  std::string path;  // Relative to the table's location.
  int64_t added_version = 0, removed_version = 0;
  int64_t retired_ms = 0;

  bool operator==(const RetiredFile&) const = default;
};

/// One table's move in a commit. Empty `expected_metadata_location` creates the table (and its
/// namespace).
struct TableMove {
  TableEntry next;
  std::string expected_metadata_location;
  std::string delta_entry;  // Exact bytes of Delta log entry `next.delta_version`, published after
                            // the commit.
  std::vector<RetiredFile> retired;  // By this move.
};

/// Requests of journal `writer` up to and including `sequence` are in the tables.
struct WriterProgress {
  uint32_t writer = 0;
  uint64_t sequence = 0;
};

/// A Delta log entry that is committed but not known to be in the log yet.
struct PendingDelta {
  TableName name;
  int64_t version = 0;
  std::string entry;
};

/// Embedded SQLite (WAL, synchronous FULL). Any thread.
class Catalog {
 public:
  /// `path`: the database file, made when missing; older schemas are migrated.
  /// Errors: kBadRequest when it is not a catalog or is from a newer version.
  static Result<std::unique_ptr<Catalog>> Open(const std::string& path);
  virtual ~Catalog() = default;

  virtual Result<std::vector<std::string>> ListSchemas() const = 0;
  virtual Result<std::vector<TableEntry>> ListTables(const std::string& schema) const = 0;
  /// Errors: kNotFound, naming table or schema.
  virtual Result<TableEntry> Load(const TableName& name) const = 0;

  /// All moves and all progress, or nothing. Schemas of created tables are created with them.
  /// Errors: kConflict when a table is not where it is expected; kUnknownOutcome when COMMIT itself
  /// failed: then Load and compare snapshot ids.
  virtual Status Commit(const std::vector<TableMove>& moves,
                        const std::vector<WriterProgress>& progress) = 0;

  /// The number of journal `name`; the same name gives the same number for ever. From 1.
  virtual Result<uint32_t> WriterId(const std::string& name) = 0;
  /// 0 for a writer that committed nothing yet.
  virtual Result<uint64_t> CommittedSequence(uint32_t writer) const = 0;

  /// In version order for each table.
  virtual Result<std::vector<PendingDelta>> ListPendingDelta() const = 0;
  virtual Status MarkDeltaPublished(const TableName& name, int64_t version) = 0;

  /// Those of one table that were retired before `before_ms`, oldest first.
  virtual Result<std::vector<RetiredFile>> ListRetired(const TableName& name,
                                                       int64_t before_ms) const = 0;
  /// They are deleted.
  virtual Status ForgetRetired(const TableName& name, const std::vector<std::string>& paths) = 0;
};

}  // namespace weir::catalog
