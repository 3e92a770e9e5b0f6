// SPDX-License-Identifier: Apache-2.0
#include "table/iceberg/schema_fields.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "table/field_path.h"

namespace weir::table::iceberg {
namespace {

using nlohmann::json;

constexpr int kDepthMax = 32;

Status Malformed(std::string_view what) {
  return Error(ErrorKind::kBadRequest, fmt::format("read iceberg schema: {}", what));
}

/// Where in its parent's JSON a field's id, type and necessity stand.
struct FieldKeys {
  const char *id, *type, *required;
};
constexpr FieldKeys kFieldKeys{"id", "type", "required"};
constexpr FieldKeys kElementKeys{"element-id", "element", "element-required"};
constexpr FieldKeys kKeyKeys{"key-id", "key", ""};
constexpr FieldKeys kValueKeys{"value-id", "value", "value-required"};

Status CollectChildren(const json& type, const std::string& path, int depth, SchemaFields& fields);

Status CollectField(const json& node, const FieldKeys& keys, std::string path, int depth,
                    SchemaFields& fields) {
  const auto id = node.find(keys.id);
  const auto type = node.find(keys.type);
  if (id == node.end() || !id->is_number_integer() || type == node.end()) {
    return Malformed(fmt::format("{} without id or type", path));
  }
  SchemaField& field = fields[id->get<int32_t>()];
  field.path = std::move(path);
  field.is_required = node.value(keys.required, json()) == true;
  if (type->is_string()) {
    field.type = type->get<std::string>();
    return Status::OK();
  }
  const auto kind = type->is_object() ? type->find("type") : type->end();
  if (kind == type->end() || !kind->is_string()) return Malformed("a type that is none");
  field.type = kind->get<std::string>();
  const std::string parent = field.path;
  return CollectChildren(*type, parent, depth + 1, fields);
}

Status CollectChildren(const json& type, const std::string& path, int depth, SchemaFields& fields) {
  if (depth > kDepthMax) return Malformed("nested too deeply");
  const std::string kind = type.value("type", "");
  if (kind == "list") {
    return CollectField(type, kElementKeys, MemberPath(path, "element"), depth, fields);
  }
  if (kind == "map") {
    TRY(CollectField(type, kKeyKeys, MemberPath(path, "key"), depth, fields));
    return CollectField(type, kValueKeys, MemberPath(path, "value"), depth, fields);
  }
  const auto members = type.find("fields");
  if (members == type.end() || !members->is_array()) return Malformed("a struct without fields");
  for (const json& member : *members) {
    const auto name = member.is_object() ? member.find("name") : member.end();
    if (name == member.end() || !name->is_string()) return Malformed("a field without name");
    TRY(CollectField(member, kFieldKeys, MemberPath(path, name->get_ref<const std::string&>()),
                     depth, fields));
  }
  return Status::OK();
}

}  // namespace

Result<SchemaFields> SchemaFieldsOf(const Schema& schema) {
  const json node = json::parse(schema.json, nullptr, /*allow_exceptions=*/false);
  const auto kind = node.is_object() ? node.find("type") : node.end();
  if (kind == node.end() || *kind != "struct") return Malformed("not a struct");
  SchemaFields fields;
  TRY(CollectChildren(node, "", 0, fields));
  return fields;
}

}  // namespace weir::table::iceberg
