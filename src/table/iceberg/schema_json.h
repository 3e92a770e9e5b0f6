// SPDX-License-Identifier: Apache-2.0
#pragma once
// Arrow schemas as Iceberg schema JSON, and back from JSON what manifests need to know of it.

#include <arrow/type_fwd.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace weir::table::iceberg {

/// How a column's values look in a single-value binary.
enum class LeafType { kBoolean, kInt, kLong, kFloat, kDouble, kText, kOther };

/// Primitive columns outside maps and lists, by field id.
using LeafTypes = std::map<int32_t, LeafType>;

/// An Iceberg schema. The text is made once and copied into every file that carries it.
struct Schema {
  int32_t schema_id = 0;
  std::string json;

  bool operator==(const Schema&) const = default;
};

/// Errors: kBadRequest naming the field whose type Iceberg v2 lacks or that has no field id.
Result<Schema> SchemaFromArrow(const arrow::Schema& schema, int32_t schema_id);

/// The largest field id in `schema`, nested ones included.
Result<int32_t> LastColumnId(const Schema& schema);

/// Errors: kBadRequest when the text is no Iceberg schema.
Result<LeafTypes> LeafTypesOf(const Schema& schema);

/// The id of the top-level column `name`. Errors: kNotFound.
Result<int32_t> ColumnIdOf(const arrow::Schema& schema, std::string_view name);

}  // namespace weir::table::iceberg
