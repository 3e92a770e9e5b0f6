// SPDX-License-Identifier: Apache-2.0
#pragma once
// A schema as JSON: what is allowed in it, and new field ids for one that an engine made up.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "table/changes/json_object.h"

namespace weir::table::changes {

/// One field of a schema, at whatever depth.
struct SchemaField {
  int32_t id = 0;
  std::string path;  // Names from the outermost in, joined by dots.
  std::string type;  // A primitive's name; `struct`, `list` or `map` for the others.
  bool is_required = false;
  bool is_repeated = false;  // Inside a list or map.
};

/// Fields in the order in which they stand, outer before inner.
/// Errors: kBadRequest where `schema` is not one for a table of that version: a type that does not
/// exist there, two fields of one id, one struct's two fields of one name, an identifier that can't
/// be one.
Result<std::vector<SchemaField>> FieldsOf(const Json& schema, int64_t format_version);

/// Whether both have the same fields and identifiers, whatever their own ids are.
bool IsSameSchema(const Json& left, const Json& right);

/// A schema whose fields are numbered anew from 1: those of one struct before what is in them.
struct Renumbered {
  Json schema;
  std::map<int32_t, int32_t> new_ids;  // By old id.
};
/// Errors: as FieldsOf.
Result<Renumbered> Renumber(const Json& schema, int64_t format_version);

}  // namespace weir::table::changes
