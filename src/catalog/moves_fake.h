// SPDX-License-Identifier: Apache-2.0
#pragma once
// For tests: two tables, and their moves from version to version.

#include <cstdint>
#include <string>

#include "catalog/catalog.h"

namespace weir::catalog {

inline const TableName kSpans{.schema = "telemetry", .name = "otel_spans"};
inline const TableName kLogs{.schema = "telemetry", .name = "otel_logs"};

inline TableMove Create(const TableName& name) {
  return {.next = {.name = name,
                   .uuid = "uuid of " + name.name,
                   .location = "file:///" + name.name,
                   .metadata_location = "0.metadata.json"}};
}

/// From `<version - 1>.metadata.json` to `<version>.metadata.json`, with a Delta entry.
inline TableMove Append(const TableName& name, int64_t version) {
  TableMove move = Create(name);
  move.next.metadata_location = std::to_string(version) + ".metadata.json";
  move.next.snapshot_id = 100 + version;
  move.next.delta_version = version;
  move.expected_metadata_location = std::to_string(version - 1) + ".metadata.json";
  move.delta_entry = "entry " + std::to_string(version);
  return move;
}

}  // namespace weir::catalog
