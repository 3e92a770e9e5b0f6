// SPDX-License-Identifier: Apache-2.0
#include "table/iceberg/schema_fields.h"

#include <arrow/type.h>
#include <arrow/util/key_value_metadata.h>
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "table/field_path.h"

namespace weir::table::iceberg {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;  // Keeps the order of members, so that what is there stays as it was.

constexpr int kDepthMax = 32;

Status Malformed(std::string_view what) {
  return Error(ErrorKind::kBadRequest, fmt::format("read iceberg schema: {}", what));
}

struct NamedType {
  std::string_view name;
  std::shared_ptr<arrow::DataType> type;
};

const std::vector<NamedType>& AddableTypes() {
  static const std::vector<NamedType> types = {
      {"string", arrow::utf8()},
      {"long", arrow::int64()},
      {"double", arrow::float64()},
      {"boolean", arrow::boolean()},
      {"int", arrow::int32()},
      {"date", arrow::date32()},
      {"binary", arrow::binary()},
      {"timestamptz", arrow::timestamp(arrow::TimeUnit::MICRO, "UTC")}};
  return types;
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

Result<std::vector<TopField>> TopFieldsOf(const Schema& schema) {
  const ordered_json node = ordered_json::parse(schema.json, nullptr, /*allow_exceptions=*/false);
  const auto fields = node.is_object() ? node.find("fields") : node.end();
  if (fields == node.end() || !fields->is_array()) return Malformed("a schema without fields");
  std::vector<TopField> all;
  for (const ordered_json& field : *fields) {
    if (!field.is_object()) return Malformed("a field that is none");
    const auto id = field.find("id"), name = field.find("name"), type = field.find("type");
    const bool is_field = id != field.end() && id->is_number_integer() && name != field.end() &&
                          name->is_string() && type != field.end();
    if (!is_field) return Malformed("a field without id, name or type");
    const ordered_json kind = type->is_object() ? type->value("type", ordered_json()) : *type;
    if (!kind.is_string()) return Malformed("a type that is none");
    all.push_back({id->get<int32_t>(), name->get<std::string>(), kind.get<std::string>()});
  }
  return all;
}

std::shared_ptr<arrow::DataType> AddableType(std::string_view iceberg_type) {
  for (const NamedType& known : AddableTypes()) {
    if (known.name == iceberg_type) return known.type;
  }
  return nullptr;
}

std::string AddableTypeNames() {
  std::string names;
  for (const NamedType& known : AddableTypes()) {
    names += (names.empty() ? "" : ", ") + std::string(known.name);
  }
  return names;
}

std::shared_ptr<arrow::Field> FieldWithId(const TopField& field,
                                          std::shared_ptr<arrow::DataType> type) {
  return arrow::field(field.name, std::move(type), true,
                      arrow::key_value_metadata({"PARQUET:field_id"}, {std::to_string(field.id)}));
}

Result<Schema> WithFields(const Schema& schema, const std::vector<FieldToAdd>& fields,
                          int32_t schema_id) {
  TRY(TopFieldsOf(schema));
  ordered_json node = ordered_json::parse(schema.json, nullptr, /*allow_exceptions=*/false);
  node["schema-id"] = schema_id;
  for (const FieldToAdd& added : fields) {
    ordered_json field = {{"id", added.field.id},
                          {"name", added.field.name},
                          {"required", false},
                          {"type", added.field.type}};
    if (!added.doc.empty()) field["doc"] = added.doc;
    node["fields"].push_back(std::move(field));
  }
  return Schema{.schema_id = schema_id,
                .json = node.dump(-1, ' ', false, ordered_json::error_handler_t::replace)};
}

}  // namespace weir::table::iceberg
