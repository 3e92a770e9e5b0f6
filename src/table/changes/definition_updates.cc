// SPDX-License-Identifier: Apache-2.0
#include "table/changes/definition_updates.h"

#include <algorithm>

#include "table/changes/field_type.h"
#include "table/changes/schema.h"

namespace weir::table::changes {
namespace {

// A property to clients, a member of the document to the format.
constexpr std::string_view kFormatVersionProperty = "format-version";

Status UpgradeTo(Draft& draft, int64_t version) {
  if (version < kFormatVersionMin || version > kFormatVersionMax) {
    return Refused("format version {} is not one of {} to {}", version, kFormatVersionMin,
                   kFormatVersionMax);
  }
  const std::optional<int64_t> now = TRY(OptionalNumber(draft.document, "format-version"));
  if (now && *now > version) {
    return Refused("Cannot downgrade a v{} table to v{}", *now, version);
  }
  draft.document["format-version"] = version;
  if (version >= 2 && Member(draft.document, "last-sequence-number") == nullptr) {
    draft.document["last-sequence-number"] = 0;
  }
  if (version >= 3 && Member(draft.document, "next-row-id") == nullptr) {
    draft.document["next-row-id"] = 0;
  }
  return Status::OK();
}

/// Older clients name the member otherwise.
std::string_view EitherName(const Json& update, std::string_view name, std::string_view older) {
  return Member(update, name) == nullptr && Member(update, older) != nullptr ? older : name;
}

Status WantVersion3(const Draft& draft) {
  const int64_t version = TRY(draft.FormatVersion());
  if (version >= 3) return Status::OK();
  return Refused("encryption keys need format version 3, the table has {}", version);
}

}  // namespace

Status AssignUuid(Draft& draft, const Json& update) {
  const std::string uuid = TRY(Text(update, "uuid"));
  const char* name = draft.document.contains("view-uuid") ? "view-uuid" : "table-uuid";
  const auto now = TRY(OptionalText(draft.document, name));
  if (now && *now != uuid) return Refused("Cannot reassign uuid: the table's is {}", *now);
  draft.document[name] = uuid;
  return Status::OK();
}

Status UpgradeFormatVersion(Draft& draft, const Json& update) {
  const int64_t version = TRY(Number(update, "format-version"));
  return UpgradeTo(draft, version);
}

Status SetLocation(Draft& draft, const Json& update) {
  std::string location = TRY(Text(update, "location"));
  if (location.ends_with('/')) location.pop_back();
  draft.document["location"] = location;
  return Status::OK();
}

Status SetProperties(Draft& draft, const Json& update) {
  const auto changes = TRY(Texts(update, EitherName(update, "updates", "updated")));
  Json& properties = draft.document["properties"];
  if (!properties.is_object()) properties = Json::object();
  for (const auto& [name, value] : changes) {
    if (name == kFormatVersionProperty) {
      return Refused(
          "the format version is changed by `upgrade-format-version`, not by a property");
    }
    properties[name] = value;
  }
  return Status::OK();
}

Status RemoveProperties(Draft& draft, const Json& update) {
  const auto names = TRY(TextList(update, EitherName(update, "removals", "removed")));
  Json& properties = draft.document["properties"];
  if (!properties.is_object()) properties = Json::object();
  for (const std::string& name : names) properties.erase(name);
  return Status::OK();
}

Status AddSchema(Draft& draft, const Json& update) {
  const int64_t version = TRY(draft.FormatVersion());
  return AddSchemaOf(version, draft, update);
}

Status AddSchemaOf(int64_t version, Draft& draft, const Json& update) {
  const Json* added = TRY(Object(update, "schema"));
  const auto fields = TRY(FieldsOf(*added, version));
  const auto last_known = TRY(OptionalId(draft.document, "last-column-id"));
  int32_t last_column = last_known.value_or(0);
  for (const SchemaField& field : fields) last_column = std::max(last_column, field.id);
  draft.document["last-column-id"] = last_column;
  int32_t next_id = 0;
  if (const Json* schemas = Member(draft.document, "schemas")) {
    for (const Json& schema : *schemas) {
      const int32_t id = TRY(Id(schema, "schema-id"));
      next_id = std::max(next_id, id + 1);
      if (!IsSameSchema(schema, *added)) continue;
      draft.last_added_schema_id = id;
      return Status::OK();
    }
  }
  Json schema = *added;
  schema["type"] = "struct";
  schema["schema-id"] = next_id;
  Append(draft.document, "schemas", std::move(schema));
  draft.last_added_schema_id = next_id;
  return Status::OK();
}

Status SetCurrentSchema(Draft& draft, const Json& update) {
  const int32_t asked = TRY(Id(update, "schema-id"));
  draft.document["current-schema-id"] =
      TRY(Chosen(draft, asked, draft.last_added_schema_id, "schemas", "schema-id"));
  return Status::OK();
}

Status RemoveSchemas(Draft& draft, const Json& update) {
  const auto ids = TRY(Numbers(update, "schema-ids"));
  const int32_t current = TRY(Id(draft.document, "current-schema-id"));
  for (const int64_t id : ids) {
    if (id == current) return Refused("Cannot remove the current schema, {}", id);
    EraseById(draft.document, "schemas", "schema-id", id);
  }
  return Status::OK();
}

Status AddEncryptionKey(Draft& draft, const Json& update) {
  TRY(WantVersion3(draft));
  const Json* key = TRY(Object(update, "encryption-key"));
  const std::string id = TRY(Text(*key, "key-id"));
  TRY(Text(*key, "encrypted-key-metadata"));
  TRY(RemoveEncryptionKey(draft, Json{{"key-id", id}}));
  Append(draft.document, "encryption-keys", *key);
  return Status::OK();
}

Status RemoveEncryptionKey(Draft& draft, const Json& update) {
  TRY(WantVersion3(draft));
  const std::string id = TRY(Text(update, "key-id"));
  const auto keys = draft.document.find("encryption-keys");
  if (keys == draft.document.end() || !keys->is_array()) return Status::OK();
  Json kept = Json::array();
  for (const Json& key : *keys) {
    const Json* found = Member(key, "key-id");
    if (found == nullptr || *found != id) kept.push_back(key);
  }
  *keys = std::move(kept);
  return Status::OK();
}

}  // namespace weir::table::changes
