// SPDX-License-Identifier: Apache-2.0
#pragma once
// All fields of an Iceberg schema by id, to be compared with other schemas.

#include <cstdint>
#include <map>
#include <string>

#include "base/result.h"
#include "table/iceberg/schema_json.h"

namespace weir::table::iceberg {

struct SchemaField {
  std::string path;  // Names with dots between; `element`, `key` and `value` inside lists and maps.
  std::string type;  // As the schema names it; nested ones are `struct`, `list` and `map`.
  bool is_required = false;
};

using SchemaFields = std::map<int32_t, SchemaField>;

/// Errors: kBadRequest when the text is no Iceberg schema.
Result<SchemaFields> SchemaFieldsOf(const Schema& schema);

}  // namespace weir::table::iceberg
