// SPDX-License-Identifier: Apache-2.0
#include "table/delta/schema_json.h"

#include <arrow/type.h>
#include <fmt/format.h>

#include <string_view>

#include "table/arrow_field.h"
#include "table/json_text.h"

namespace weir::table::delta {
namespace {

std::string_view PrimitiveName(const arrow::DataType& type) {
  switch (type.id()) {
    case arrow::Type::BOOL: return "boolean";
    case arrow::Type::INT32: return "integer";
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
    case arrow::Type::TIMESTAMP: return IsUtcMicros(type) ? "timestamp" : "";
    default: return "";
  }
}

Status AppendType(std::string& out, const arrow::Field& field);

Status AppendStruct(std::string& out, const arrow::FieldVector& fields) {
  out += "{\"type\":\"struct\",\"fields\":[";
  for (const auto& field : fields) {
    AppendJsonComma(out);
    out += "{\"name\":";
    AppendJsonText(out, field->name());
    out += ",\"type\":";
    TRY(AppendType(out, *field));
    out += fmt::format(",\"nullable\":{},\"metadata\":{{}}}}", field->nullable());
  }
  out += "]}";
  return Status::OK();
}

Status AppendList(std::string& out, const arrow::Field& element) {
  out += "{\"type\":\"array\",\"elementType\":";
  TRY(AppendType(out, element));
  out += fmt::format(",\"containsNull\":{}}}", element.nullable());
  return Status::OK();
}

Status AppendMap(std::string& out, const arrow::MapType& type) {
  out += "{\"type\":\"map\",\"keyType\":";
  TRY(AppendType(out, *type.key_field()));
  out += ",\"valueType\":";
  TRY(AppendType(out, *type.item_field()));
  out += fmt::format(",\"valueContainsNull\":{}}}", type.item_field()->nullable());
  return Status::OK();
}

Status AppendType(std::string& out, const arrow::Field& field) {
  const arrow::DataType& type = ValueType(*field.type());
  switch (type.id()) {
    case arrow::Type::STRUCT: return AppendStruct(out, type.fields());
    case arrow::Type::LIST:
    case arrow::Type::LARGE_LIST: return AppendList(out, *type.field(0));
    case arrow::Type::MAP: return AppendMap(out, static_cast<const arrow::MapType&>(type));
    default: break;
  }
  const std::string_view name = PrimitiveName(type);
  if (name.empty()) {
    return Error(ErrorKind::kBadRequest, fmt::format("field {} has type {}, which delta lacks",
                                                     field.name(), type.ToString()));
  }
  AppendJsonText(out, name);
  return Status::OK();
}

}  // namespace

Result<std::string> SchemaJson(const arrow::Schema& schema) {
  std::string out;
  TRY(AppendStruct(out, schema.fields()));
  return out;
}

}  // namespace weir::table::delta
