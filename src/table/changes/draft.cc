// SPDX-License-Identifier: Apache-2.0
#include "table/changes/draft.h"

#include "table/changes/field_type.h"

namespace weir::table::changes {

Result<int64_t> Draft::FormatVersion() const {
  const std::optional<int64_t> version = TRY(OptionalNumber(document, "format-version"));
  return version.value_or(kFormatVersionDefault);
}

Result<const Json*> Draft::CurrentSchema() const {
  const int32_t id = TRY(Id(document, "current-schema-id"));
  const Json* schema = FindById(document, "schemas", "schema-id", id);
  if (schema == nullptr) return Refused("the table has no schema {}", id);
  return schema;
}

Result<const Json*> Draft::NewestSchema() const {
  if (!last_added_schema_id) return CurrentSchema();
  const Json* schema = FindById(document, "schemas", "schema-id", *last_added_schema_id);
  return schema == nullptr ? CurrentSchema() : schema;
}

Result<int32_t> Chosen(const Draft& draft, int32_t asked, std::optional<int32_t> last_added,
                       std::string_view list_name, std::string_view id_name) {
  if (asked == -1 && !last_added) {
    return Refused("{} -1 means the last one added, and this request adds none", id_name);
  }
  const int32_t id = asked == -1 ? *last_added : asked;
  if (FindById(draft.document, list_name, id_name, id) == nullptr) {
    return Refused("the table has no {} {}", id_name, id);
  }
  return id;
}

}  // namespace weir::table::changes
