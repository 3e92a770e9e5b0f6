// SPDX-License-Identifier: Apache-2.0
#pragma once
// Columns that a table has beyond those that its rows come with.

#include <arrow/type_fwd.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace weir::datafile {

/// The value that a map column of texts has under a key.
struct AttributeSource {
  std::string map;  // Its names with dots between: `attributes`, `resource.attributes`.
  std::string key;

  bool operator==(const AttributeSource&) const = default;
};

/// A nullable top-level column of one plain value a row, behind all others of its table.
struct AddedColumn {
  std::shared_ptr<arrow::Field> field;    // With its id as metadata `PARQUET:field_id`.
  std::optional<AttributeSource> source;  // None: null in all rows but those of files that have it.
};

using AddedColumns = std::vector<AddedColumn>;

}  // namespace weir::datafile
