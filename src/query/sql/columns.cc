// SPDX-License-Identifier: Apache-2.0
#include "query/sql/columns.h"

#include <fmt/format.h>

#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

namespace weir::query::sql {
namespace {

using duckdb::LogicalType;
using duckdb::MultiFileColumnDefinition;
using nlohmann::json;

constexpr int kDepthMax = 32;

Status Malformed(std::string_view what) {
  return Error(ErrorKind::kBadRequest, fmt::format("read iceberg schema: {}", what));
}

Result<LogicalType> PrimitiveOf(const std::string& name) {
  static const std::map<std::string, LogicalType> kTypes = {
      {"boolean", LogicalType::BOOLEAN},     {"int", LogicalType::INTEGER},
      {"long", LogicalType::BIGINT},         {"float", LogicalType::FLOAT},
      {"double", LogicalType::DOUBLE},       {"date", LogicalType::DATE},
      {"time", LogicalType::TIME},           {"timestamptz", LogicalType::TIMESTAMP_TZ},
      {"timestamp", LogicalType::TIMESTAMP}, {"string", LogicalType::VARCHAR},
      {"uuid", LogicalType::UUID},           {"binary", LogicalType::BLOB}};
  if (const auto found = kTypes.find(name); found != kTypes.end()) return found->second;
  int width = 0, scale = 0;
  if (std::sscanf(name.c_str(), "decimal(%d,%d)", &width, &scale) == 2 && width <= 38) {
    return LogicalType::DECIMAL(static_cast<uint8_t>(width), static_cast<uint8_t>(scale));
  }
  return Malformed(fmt::format("type {} is not known", name));
}

struct Field {
  std::string name;
  int32_t id = 0;
  const json& type;
};

Result<MultiFileColumnDefinition> ColumnOf(const Field& field, int depth);

MultiFileColumnDefinition Define(const Field& field, const LogicalType& type) {
  MultiFileColumnDefinition column(field.name, type);
  column.identifier = duckdb::Value::INTEGER(field.id);
  column.default_expression = duckdb::make_uniq<duckdb::ConstantExpression>(duckdb::Value(type));
  return column;
}

Result<Field> FieldOf(const json& field) {
  if (!field.is_object() || !field.contains("type") || !field["id"].is_number_integer() ||
      !field["name"].is_string()) {
    return Malformed("a field lacks id, name or type");
  }
  return Field{field["name"], field["id"], field["type"]};
}

Result<MultiFileColumnDefinition> StructOf(const Field& field, int depth) {
  Columns children;
  duckdb::child_list_t<LogicalType> types;
  for (const json& member : field.type.value("fields", json::array())) {
    const Field child = TRY(FieldOf(member));
    auto column = TRY(ColumnOf(child, depth + 1));
    children.push_back(std::move(column));
    types.emplace_back(children.back().name, children.back().type);
  }
  MultiFileColumnDefinition column = Define(field, LogicalType::STRUCT(types));
  column.children = std::move(children);
  return column;
}

Result<MultiFileColumnDefinition> NestedOf(const Field& field, int depth) {
  const json& type = field.type;
  const std::string kind = type.value("type", "");
  if (kind == "struct") return StructOf(field, depth);
  const auto part = [&](const char* name) -> Result<MultiFileColumnDefinition> {
    const auto id = type.find(fmt::format("{}-id", name));
    if (id == type.end() || !id->is_number_integer() || !type.contains(name)) {
      return Malformed(fmt::format("{} lacks its {}", kind, name));
    }
    return ColumnOf({name, id->get<int32_t>(), type[name]}, depth + 1);
  };
  if (kind == "list") {
    MultiFileColumnDefinition element = TRY(part("element"));
    MultiFileColumnDefinition column = Define(field, LogicalType::LIST(element.type));
    column.children.push_back(std::move(element));
    return column;
  }
  if (kind != "map") return Malformed(fmt::format("type {} is not known", type.dump()));
  MultiFileColumnDefinition key = TRY(part("key"));
  MultiFileColumnDefinition value = TRY(part("value"));
  MultiFileColumnDefinition column = Define(field, LogicalType::MAP(key.type, value.type));
  column.children.push_back(std::move(key));
  column.children.push_back(std::move(value));
  return column;
}

Result<MultiFileColumnDefinition> ColumnOf(const Field& field, int depth) {
  if (depth > kDepthMax) return Malformed("it is nested too deep");
  if (!field.type.is_string()) return NestedOf(field, depth);
  const LogicalType type = TRY(PrimitiveOf(field.type.get<std::string>()));
  return Define(field, type);
}

}  // namespace

Result<Columns> ColumnsOf(const table::iceberg::Schema& schema) {
  const json document = json::parse(schema.json, nullptr, false);
  if (!document.is_object() || !document.contains("fields")) {
    return Malformed("it is not a JSON object with fields");
  }
  Columns columns;
  for (const json& member : document["fields"]) {
    const Field field = TRY(FieldOf(member));
    auto column = TRY(ColumnOf(field, 0));
    columns.push_back(std::move(column));
  }
  return columns;
}

}  // namespace weir::query::sql
