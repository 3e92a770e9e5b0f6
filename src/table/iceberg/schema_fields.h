// SPDX-License-Identifier: Apache-2.0
#pragma once
// The fields of an Iceberg schema, to be compared with other schemas; and fields that are added to
// one.

#include <arrow/type_fwd.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

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

/// A top-level field. Nested types are `struct`, `list` and `map`.
struct TopField {
  int32_t id = 0;
  std::string name, type;
};

/// In the schema's order. Errors: kBadRequest when the text is no Iceberg schema.
Result<std::vector<TopField>> TopFieldsOf(const Schema& schema);

/// Null for a type that one of the formats lacks, or that compaction does not read.
std::shared_ptr<arrow::DataType> AddableType(std::string_view iceberg_type);
std::string AddableTypeNames();

/// A nullable field as AddedColumn has it.
std::shared_ptr<arrow::Field> FieldWithId(const TopField& field,
                                          std::shared_ptr<arrow::DataType> type);

/// A field that is to be added. Optional, as all of them are.
struct FieldToAdd {
  TopField field;
  std::string doc;
};

/// The schema with `fields` behind its own. Errors: as TopFieldsOf.
Result<Schema> WithFields(const Schema& schema, const std::vector<FieldToAdd>& fields,
                          int32_t schema_id);

}  // namespace weir::table::iceberg
