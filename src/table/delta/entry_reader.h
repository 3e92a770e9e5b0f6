// SPDX-License-Identifier: Apache-2.0
#pragma once
// Entries of a Delta log read back from their JSON, as any engine reads them.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace weir::table::delta {

/// What a reader and a writer must be able to do.
struct Protocol {
  int64_t reader_version = 0;
  int64_t writer_version = 0;
  std::vector<std::string> reader_features;
  std::vector<std::string> writer_features;

  bool operator==(const Protocol&) const = default;
};

struct TableMetadata {
  std::string id;
  std::string schema_json;
  std::vector<std::string> partition_columns;
  std::map<std::string, std::string> configuration;
  int64_t created_ms = 0;

  bool operator==(const TableMetadata&) const = default;
};

/// How far an application says it came.
struct Transaction {
  int64_t version = 0;
  int64_t last_updated_ms = 0;

  bool operator==(const Transaction&) const = default;
};

/// The tag of an add that tells datafile::DataFile::content_hash.
inline constexpr const char* kContentHashTag = "weir.xxh3";

/// A file that is live from its entry on.
struct AddAction {
  std::string path;  // Relative to the log's table, URI escapes resolved.
  std::map<std::string, std::string> partition_values;  // Without those that are null.
  int64_t file_bytes = 0;
  int64_t modification_ms = 0;
  std::string statistics;  // JSON; empty where there is none.
  std::map<std::string, std::string> tags;

  bool operator==(const AddAction&) const = default;
};

/// A file that is not live any more from its entry on; readers of older versions may still want it.
struct RemoveAction {
  std::string path;  // As AddAction's.
  std::map<std::string, std::string> partition_values;
  int64_t file_bytes = 0;
  int64_t deletion_ms = 0;

  bool operator==(const RemoveAction&) const = default;
};

/// One entry: all but what only tells of its commit.
struct Entry {
  std::optional<Protocol> protocol;
  std::optional<TableMetadata> metadata;
  std::map<std::string, Transaction> transactions;  // By application id.
  std::vector<AddAction> added;
  std::vector<RemoveAction> removed;
};

/// The bytes need not be trusted.
/// Errors: kBadRequest with the line that is no action, lacks a member, or has a deletion vector,
/// which nothing here reads.
Result<Entry> ReadEntry(std::string_view bytes);

/// A path as actions carry it, its escapes resolved. Errors: kBadRequest on a broken one.
Result<std::string> UriDecoded(std::string_view path);

}  // namespace weir::table::delta
