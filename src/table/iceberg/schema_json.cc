// SPDX-License-Identifier: Apache-2.0
#include "table/iceberg/schema_json.h"

#include <arrow/type.h>
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "table/arrow_field.h"
#include "table/json_text.h"

namespace weir::table::iceberg {
namespace {

using nlohmann::json;

constexpr int kDepthMax = 32;

Status Malformed(std::string_view what) {
  return Error(ErrorKind::kBadRequest, fmt::format("read iceberg schema: {}", what));
}

std::string_view PrimitiveName(const arrow::DataType& type) {
  switch (type.id()) {
    case arrow::Type::BOOL: return "boolean";
    case arrow::Type::INT32: return "int";
    case arrow::Type::INT64: return "long";
    case arrow::Type::FLOAT: return "float";
    case arrow::Type::DOUBLE: return "double";
    case arrow::Type::STRING:
    case arrow::Type::LARGE_STRING:
    case arrow::Type::STRING_VIEW: return "string";
    case arrow::Type::BINARY:
    case arrow::Type::LARGE_BINARY:
    case arrow::Type::BINARY_VIEW: return "binary";
    case arrow::Type::DATE32: return "date";
    case arrow::Type::TIMESTAMP: return IsUtcMicros(type) ? "timestamptz" : "";
    default: return "";
  }
}

Status AppendType(std::string& out, const arrow::Field& field);

Status AppendFields(std::string& out, const arrow::FieldVector& fields) {
  out += "\"fields\":[";
  for (const auto& field : fields) {
    const int32_t id = TRY(FieldIdOf(*field));
    AppendJsonComma(out);
    out += fmt::format("{{\"id\":{},\"name\":", id);
    AppendJsonText(out, field->name());
    out += fmt::format(",\"required\":{},\"type\":", !field->nullable());
    TRY(AppendType(out, *field));
    out += '}';
  }
  out += ']';
  return Status::OK();
}

Status AppendList(std::string& out, const arrow::DataType& type) {
  const auto& element = *type.field(0);
  const int32_t id = TRY(FieldIdOf(element));
  out +=
      fmt::format("{{\"type\":\"list\",\"element-id\":{},\"element-required\":{},\"element\":", id,
                  !element.nullable());
  TRY(AppendType(out, element));
  out += '}';
  return Status::OK();
}

Status AppendMap(std::string& out, const arrow::MapType& type) {
  const int32_t key_id = TRY(FieldIdOf(*type.key_field()));
  const int32_t value_id = TRY(FieldIdOf(*type.item_field()));
  out += fmt::format("{{\"type\":\"map\",\"key-id\":{},\"key\":", key_id);
  TRY(AppendType(out, *type.key_field()));
  out += fmt::format(",\"value-id\":{},\"value-required\":{},\"value\":", value_id,
                     !type.item_field()->nullable());
  TRY(AppendType(out, *type.item_field()));
  out += '}';
  return Status::OK();
}

Status AppendType(std::string& out, const arrow::Field& field) {
  const arrow::DataType& type = ValueType(*field.type());
  switch (type.id()) {
    case arrow::Type::STRUCT:
      out += "{\"type\":\"struct\",";
      TRY(AppendFields(out, type.fields()));
      out += '}';
      return Status::OK();
    case arrow::Type::LIST:
    case arrow::Type::LARGE_LIST: return AppendList(out, type);
    case arrow::Type::MAP: return AppendMap(out, static_cast<const arrow::MapType&>(type));
    default: break;
  }
  const std::string_view name = PrimitiveName(type);
  if (name.empty()) {
    return Error(ErrorKind::kBadRequest, fmt::format("field {} has type {}, which iceberg v2 lacks",
                                                     field.name(), type.ToString()));
  }
  AppendJsonText(out, name);
  return Status::OK();
}

LeafType LeafTypeOf(const std::string& name) {
  static const std::map<std::string, LeafType> types = {
      {"boolean", LeafType::kBoolean},  {"int", LeafType::kInt},
      {"date", LeafType::kInt},         {"long", LeafType::kLong},
      {"timestamptz", LeafType::kLong}, {"timestamp", LeafType::kLong},
      {"float", LeafType::kFloat},      {"double", LeafType::kDouble},
      {"string", LeafType::kText},      {"binary", LeafType::kText}};
  const auto found = types.find(name);
  return found == types.end() ? LeafType::kOther : found->second;
}

Status CollectLeaves(const json& type, int depth, LeafTypes& leaves) {
  if (depth > kDepthMax) return Malformed("nested too deeply");
  const auto fields = type.find("fields");
  if (fields == type.end() || !fields->is_array()) return Malformed("a struct without fields");
  for (const json& field : *fields) {
    if (!field.is_object() || !field.contains("type")) return Malformed("a field without type");
    const json& field_type = field.at("type");
    const auto id = field.find("id");
    if (id == field.end() || !id->is_number_integer()) return Malformed("a field without id");
    if (field_type.is_string()) {
      leaves[id->get<int32_t>()] = LeafTypeOf(field_type.get<std::string>());
    } else if (field_type.is_object() && field_type.contains("fields")) {
      TRY(CollectLeaves(field_type, depth + 1, leaves));
    }
  }
  return Status::OK();
}

/// The largest integer under a key that holds a field id, anywhere in `node`.
int64_t MaxId(const json& node) {
  int64_t largest = 0;
  for (const auto& [key, value] : node.items()) {
    const bool is_id = key == "id" || key == "key-id" || key == "value-id" || key == "element-id";
    if (is_id && value.is_number_integer()) largest = std::max(largest, value.get<int64_t>());
    if (value.is_structured()) largest = std::max(largest, MaxId(value));
  }
  return largest;
}

}  // namespace

Result<Schema> SchemaFromArrow(const arrow::Schema& schema, int32_t schema_id) {
  std::string out = fmt::format("{{\"type\":\"struct\",\"schema-id\":{},", schema_id);
  TRY(AppendFields(out, schema.fields()));
  out += '}';
  return Schema{.schema_id = schema_id, .json = std::move(out)};
}

Result<int32_t> LastColumnId(const Schema& schema) {
  const json node = json::parse(schema.json, nullptr, /*allow_exceptions=*/false);
  if (!node.is_object()) return Malformed("not a JSON object");
  return static_cast<int32_t>(MaxId(node));
}

Result<LeafTypes> LeafTypesOf(const Schema& schema) {
  const json node = json::parse(schema.json, nullptr, /*allow_exceptions=*/false);
  if (!node.is_object()) return Malformed("not a JSON object");
  LeafTypes leaves;
  TRY(CollectLeaves(node, 0, leaves));
  return leaves;
}

Result<int32_t> ColumnIdOf(const arrow::Schema& schema, std::string_view name) {
  const auto field = schema.GetFieldByName(std::string(name));
  if (field == nullptr) {
    return Error(ErrorKind::kNotFound, fmt::format("schema has no one column {}", name));
  }
  return FieldIdOf(*field);
}

}  // namespace weir::table::iceberg
