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

/// What a reader must be able to do.
struct Protocol {
  int64_t reader_version = 0;
  std::vector<std::string> reader_features;
};

struct TableMetadata {
  std::string id;
  std::string schema_json;
  std::vector<std::string> partition_columns;
};

/// A file that is live from its entry on.
struct AddAction {
  std::string path;  // Relative to the log's table, URI escapes resolved.
  std::map<std::string, std::string> partition_values;  // Without those that are null.
  int64_t file_bytes = 0;
  std::string statistics;  // JSON; empty where there is none.
};

/// One entry: what readers use of it.
struct Entry {
  std::optional<Protocol> protocol;
  std::optional<TableMetadata> metadata;
  std::map<std::string, int64_t> transactions;  // Version by application id.
  std::vector<AddAction> added;
  std::vector<std::string> removed;  // Paths.
};

/// The bytes need not be trusted.
/// Errors: kBadRequest with the line that is no action, lacks a member, or has a deletion vector,
/// which nothing here reads.
Result<Entry> ReadEntry(std::string_view bytes);

}  // namespace weir::table::delta
