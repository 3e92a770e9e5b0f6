// SPDX-License-Identifier: Apache-2.0
#include "table/changes/schema.h"

#include <algorithm>
#include <set>

#include "table/changes/field_type.h"

namespace weir::table::changes {
namespace {

// Ids from here on are the format's own (reserved field ids).
constexpr int32_t kFieldIdMax = 2147483447;

/// Goes through a schema and notes its fields. One use.
class Collector {
 public:
  explicit Collector(int64_t format_version) : format_version_(format_version) {}

  Status Struct(const Json& node, const SchemaField& parent) {
    const Json* fields = TRY(List(node, "fields"));
    std::set<std::string> names;
    for (const Json& field : *fields) {
      const std::string name = TRY(Text(field, "name"));
      if (name.empty()) return Refused("a field of the schema has no name");
      if (!names.insert(name).second) return Refused("two fields are named `{}`", name);
      TRY(Field(field, "id", "type", IsTrue(field, "required"), Inside(parent, name)));
      TRY(CheckDefaults(field, name));
    }
    return Status::OK();
  }

  std::vector<SchemaField> collected;

 private:
  static bool IsTrue(const Json& object, std::string_view name) {
    const Json* value = Member(object, name);
    return value != nullptr && value->is_boolean() && value->get<bool>();
  }
  static SchemaField Inside(const SchemaField& parent, const std::string& name) {
    return {.path = parent.path.empty() ? name : parent.path + "." + name,
            .is_repeated = parent.is_repeated};
  }

  Status CheckDefaults(const Json& field, const std::string& name) const {
    const bool has_default = Member(field, "initial-default") != nullptr;
    if (!has_default || format_version_ >= 3) return Status::OK();
    return Refused("field `{}` has an initial default, which needs format version 3", name);
  }

  /// `id_name`, `type_name`: the members of `node` that say what `field` is.
  Status Field(const Json& node, std::string_view id_name, std::string_view type_name,
               bool is_required, SchemaField field) {
    field.id = TRY(Id(node, id_name));
    field.is_required = is_required;
    if (field.id < 0 || field.id > kFieldIdMax) {
      return Refused("field `{}` has the id {}, which is not between 0 and {}", field.path,
                     field.id, kFieldIdMax);
    }
    if (!ids_.insert(field.id).second) return Refused("two fields have the id {}", field.id);
    const Json* type = Member(node, type_name);
    if (type == nullptr) return Refused("field `{}` has no type", field.path);
    if (type->is_string()) {
      field.type = type->get<std::string>();
      TRY(CheckPrimitive(field.type, format_version_));
      collected.push_back(std::move(field));
      return Status::OK();
    }
    field.type = TRY(Text(*type, "type"));
    collected.push_back(field);
    return Nested(*type, field);
  }

  Status Nested(const Json& type, SchemaField field) {
    if (field.type == "struct") return Struct(type, field);
    field.is_repeated = true;
    if (field.type == "list") {
      return Field(type, "element-id", "element", IsTrue(type, "element-required"),
                   Inside(field, "element"));
    }
    if (field.type != "map") return Refused("there is no type `{}`", field.type.substr(0, 60));
    TRY(Field(type, "key-id", "key", true, Inside(field, "key")));
    return Field(type, "value-id", "value", IsTrue(type, "value-required"), Inside(field, "value"));
  }

  const int64_t format_version_;
  std::set<int32_t> ids_;
};

Status CheckIdentifiers(const Json& schema, const std::vector<SchemaField>& fields) {
  if (Member(schema, "identifier-field-ids") == nullptr) return Status::OK();
  const auto ids = TRY(Numbers(schema, "identifier-field-ids"));
  for (const int64_t id : ids) {
    const auto field = std::ranges::find(fields, id, &SchemaField::id);
    if (field == fields.end()) return Refused("identifier-field-ids: there is no field {}", id);
    const bool is_nested = field->type == "struct" || field->type == "list" || field->type == "map";
    if (is_nested || field->is_repeated || !field->is_required || !CanIdentify(field->type)) {
      return Refused("field `{}` can't identify rows: it is not required, or of type {}",
                     field->path, field->type);
    }
  }
  return Status::OK();
}

/// Numbers the fields of a checked schema anew.
class Numberer {
 public:
  Json Struct(Json node) {
    // All of one level first, then what is inside them: so top-level columns are 1 to n.
    for (Json& field : node["fields"]) Assign(field["id"]);
    for (Json& field : node["fields"]) Inside(field["type"]);
    return node;
  }

  std::map<int32_t, int32_t> new_ids;

 private:
  void Assign(Json& id) {
    const auto next = static_cast<int32_t>(new_ids.size() + 1);
    new_ids[id.get<int32_t>()] = next;
    id = next;
  }
  void Inside(Json& type) {
    if (type.is_string()) return;
    const std::string kind = type["type"].get<std::string>();
    if (kind == "struct") {
      type = Struct(std::move(type));
    } else if (kind == "list") {
      Assign(type["element-id"]);
      Inside(type["element"]);
    } else {
      Assign(type["key-id"]);
      Assign(type["value-id"]);
      Inside(type["key"]);
      Inside(type["value"]);
    }
  }
};

}  // namespace

Result<std::vector<SchemaField>> FieldsOf(const Json& schema, int64_t format_version) {
  const auto type = TRY(OptionalText(schema, "type"));
  if (type && *type != "struct") return Refused("a schema is a struct, not `{}`", *type);
  Collector collector(format_version);
  TRY(collector.Struct(schema, {}));
  TRY(CheckIdentifiers(schema, collector.collected));
  return std::move(collector.collected);
}

bool IsSameSchema(const Json& left, const Json& right) {
  const auto part = [](const Json& schema, std::string_view name) {
    const Json* member = Member(schema, name);
    return member == nullptr ? Json::array() : *member;
  };
  return IsSame(part(left, "fields"), part(right, "fields")) &&
         IsSame(part(left, "identifier-field-ids"), part(right, "identifier-field-ids"));
}

Result<Renumbered> Renumber(const Json& schema, int64_t format_version) {
  TRY(FieldsOf(schema, format_version));
  Numberer numberer;
  Json renumbered = numberer.Struct(schema);
  const auto identifiers = renumbered.find("identifier-field-ids");
  if (identifiers != renumbered.end() && identifiers->is_array()) {
    for (Json& id : *identifiers) id = numberer.new_ids[id.get<int32_t>()];
  }
  return Renumbered{.schema = std::move(renumbered), .new_ids = std::move(numberer.new_ids)};
}

}  // namespace weir::table::changes
