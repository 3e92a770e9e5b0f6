// SPDX-License-Identifier: Apache-2.0
#pragma once
// What people ask of a table, drawn from its Iceberg metadata. Pure.

#include <nlohmann/json_fwd.hpp>

#include "serve/table_source.h"

namespace weir::serve {

/// Name, rows, files, bytes, place and age, without reading the schema.
nlohmann::ordered_json TableLine(const catalog::TableEntry& entry,
                                 const nlohmann::ordered_json& metadata);

/// TableLine and what the table is made of: columns, partition and sort columns, both formats'
/// heads.
nlohmann::ordered_json TableFacts(const catalog::TableEntry& entry,
                                  const nlohmann::ordered_json& metadata);

/// Newest first, at most `count_max`.
nlohmann::ordered_json SnapshotFacts(const nlohmann::ordered_json& metadata, size_t count_max);

}  // namespace weir::serve
