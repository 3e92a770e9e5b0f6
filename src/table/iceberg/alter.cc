// SPDX-License-Identifier: Apache-2.0
#include "table/iceberg/alter.h"

#include <arrow/type.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "table/iceberg/file_layout.h"
#include "table/iceberg/partition_parts.h"
#include "table/iceberg/schema_fields.h"
#include "table/json_text.h"

namespace weir::table::iceberg {
namespace {

using datafile::AddedColumn;
using datafile::AttributeSource;

// What other writers and readers would follow, and this program does not keep to, or must.
constexpr std::array<std::string_view, 5> kOwnProperties = {
    "weir.", "gc.enabled", "write.metadata.", "write.data.path", "write.object-storage."};

Status Refused(std::string why) { return Error(ErrorKind::kBadRequest, std::move(why)); }

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  return lower;
}

Status CheckName(const std::string& name, const std::vector<TopField>& columns) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const auto is_allowed = [&](char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '_';
  };
  const bool is_name = !name.empty() && name.size() <= kColumnNameMax && is_letter(name.front()) &&
                       std::ranges::all_of(name, is_allowed);
  if (!is_name) {
    return Refused(
        fmt::format("a column can't be named `{}`: Delta and the engines want a letter, "
                    "then letters, digits and underscores, at most {}",
                    name.substr(0, kColumnNameMax), kColumnNameMax));
  }
  for (const TopField& column : columns) {
    if (Lower(column.name) != Lower(name)) continue;
    return Refused(
        fmt::format("there is a column `{}` already: engines do not tell names apart by "
                    "case; choose another name",
                    column.name));
  }
  return Status::OK();
}

/// `attributes:http.route` and back.
std::string SourceText(const AttributeSource& source) { return source.map + ":" + source.key; }

Result<AttributeSource> ReadSource(const std::string& column, std::string_view text) {
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos) {
    return Refused(
        fmt::format("property {}{} is `{}`, expected a map and a key, as in "
                    "`attributes:http.route`",
                    kAttributeProperty, column, text.substr(0, kAttributeKeyMax)));
  }
  return AttributeSource{std::string(text.substr(0, colon)), std::string(text.substr(colon + 1))};
}

Status CheckSource(const NewColumn& column, const Metadata& metadata) {
  constexpr std::array<std::string_view, 4> kTypes = {"string", "long", "double", "boolean"};
  if (std::ranges::find(kTypes, column.type) == kTypes.end()) {
    return Refused(
        fmt::format("column `{}`: an attribute becomes a string, long, double or "
                    "boolean, not a {}",
                    column.name, column.type));
  }
  const AttributeSource& source = *column.source;
  const bool is_key = !source.key.empty() && source.key.size() <= kAttributeKeyMax &&
                      IsUtf8(source.key) &&
                      std::ranges::none_of(source.key, [](char c) { return c >= 0 && c < ' '; });
  if (!is_key) {
    return Refused(fmt::format("column `{}`: an attribute's key has 1 to {} bytes of plain text",
                               column.name, kAttributeKeyMax));
  }
  const SchemaFields fields = TRY(SchemaFieldsOf(*metadata.CurrentSchema()));
  const bool has_map = std::ranges::any_of(fields, [&](const auto& field) {
    return field.second.path == source.map && field.second.type == "map";
  });
  if (has_map) return Status::OK();
  return Refused(fmt::format("column `{}`: the table has no attributes `{}`", column.name,
                             source.map.substr(0, kColumnNameMax)));
}

Status AddColumns(const std::vector<NewColumn>& wanted, Metadata& metadata) {
  if (wanted.empty()) return Status::OK();
  const Schema& current = *metadata.CurrentSchema();
  std::vector<TopField> columns = TRY(TopFieldsOf(current));
  const std::vector<TopField> first = TRY(TopFieldsOf(metadata.schemas.front()));
  std::vector<FieldToAdd> added;
  for (const NewColumn& column : wanted) {
    TRY(CheckName(column.name, columns));
    if (AddableType(column.type) == nullptr) {
      return Refused(
          fmt::format("column `{}` can't be a {}: it has to be one of {}, which both "
                      "formats and all engines have",
                      column.name, column.type.substr(0, kColumnNameMax), AddableTypeNames()));
    }
    if (column.source) TRY(CheckSource(column, metadata));
    columns.push_back({++metadata.last_column_id, column.name, column.type});
    added.push_back({columns.back(), column.doc});
    if (column.source) {
      metadata.properties[kAttributeProperty + column.name] = SourceText(*column.source);
    }
  }
  if (columns.size() - first.size() > kAddedColumnsMax) {
    return Refused(
        fmt::format("a table takes at most {} columns beyond its own", kAddedColumnsMax));
  }
  int32_t schema_id = 0;
  for (const Schema& schema : metadata.schemas) schema_id = std::max(schema_id, schema.schema_id);
  Schema next = TRY(WithFields(current, added, schema_id + 1));
  metadata.current_schema_id = next.schema_id;
  metadata.schemas.push_back(std::move(next));
  return Status::OK();
}

bool IsOwnProperty(std::string_view name) {
  return std::ranges::any_of(kOwnProperties,
                             [&](std::string_view own) { return name.starts_with(own); });
}

Status ChangeProperties(const Alteration& alteration, Metadata& metadata) {
  const auto refused = [](const std::string& name) {
    return Refused(
        fmt::format("property {} is the server's own, since both formats depend on it", name));
  };
  for (const std::string& name : alteration.removed_properties) {
    if (IsOwnProperty(name)) return refused(name);
    metadata.properties.erase(name);
  }
  for (const auto& [name, value] : alteration.set_properties) {
    if (IsOwnProperty(name)) return refused(name);
    metadata.properties[name] = value;
  }
  return Status::OK();
}

Status CheckBasis(const AlterationBasis& basis, const Metadata& metadata) {
  const AlterationBasis now{metadata.current_schema_id, metadata.last_column_id,
                            metadata.default_spec_id, metadata.last_partition_id};
  if (basis == now) return Status::OK();
  return Error(ErrorKind::kConflict,
               fmt::format("the table was altered meanwhile: expected schema {} and partition spec "
                           "{}, found {} and {}; read it again",
                           basis.schema_id, basis.spec_id, now.schema_id, now.spec_id));
}

}  // namespace

Status Alter(const Alteration& alteration, Metadata& metadata) {
  if (alteration.basis) TRY(CheckBasis(*alteration.basis, metadata));
  Metadata next = metadata;
  TRY(AddColumns(alteration.columns, next));
  TRY(ChangeProperties(alteration, next));
  if (alteration.partition) TRY(SetPartition(*alteration.partition, next));
  if (alteration.order) TRY(SetCompactedOrder(*alteration.order, next));
  TRY(LayoutOf(next));
  metadata = std::move(next);
  return Status::OK();
}

Result<datafile::FileShape> ShapeOf(const Metadata& metadata) {
  datafile::FileShape shape;
  if (metadata.schemas.size() < 2 && metadata.partition_specs.size() < 2) return shape;
  const std::vector<TopField> columns = TRY(TopFieldsOf(*metadata.CurrentSchema()));
  const std::vector<TopField> first = TRY(TopFieldsOf(metadata.schemas.front()));
  for (const TopField& column : columns) {
    if (std::ranges::find(first, column.id, &TopField::id) != first.end()) continue;
    auto type = AddableType(column.type);
    if (type == nullptr) {
      return Refused(fmt::format("column {} is of type {}, which no column can be added with",
                                 column.name, column.type));
    }
    AddedColumn added{.field = FieldWithId(column, std::move(type)), .source = {}};
    const auto property = metadata.properties.find(kAttributeProperty + column.name);
    if (property != metadata.properties.end()) {
      added.source = TRY(ReadSource(column.name, property->second));
    }
    shape.columns.push_back(std::move(added));
  }
  shape.spec_id = metadata.default_spec_id;
  shape.partition = TRY(PartsOf(metadata, columns));
  return shape;
}

Result<TableDefinition> DefinitionNow(TableDefinition published, const Metadata& metadata) {
  published.shape = TRY(ShapeOf(metadata));
  if (published.shape.columns.empty()) return published;
  arrow::FieldVector fields = published.schema->fields();
  for (const AddedColumn& column : published.shape.columns) fields.push_back(column.field);
  published.schema = arrow::schema(std::move(fields));
  return published;
}

}  // namespace weir::table::iceberg
