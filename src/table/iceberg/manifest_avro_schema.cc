// SPDX-License-Identifier: Apache-2.0
#include "table/iceberg/manifest_avro_schema.h"

#include <fmt/format.h>

#include <initializer_list>
#include <string_view>

#include "table/json_text.h"

namespace weir::table::iceberg {
namespace {

std::string Quoted(std::string_view text) {
  std::string out;
  AppendJsonText(out, text);
  return out;
}

/// A type that is a name stands in quotes, any other as it is.
std::string TypeText(std::string_view type) {
  return type.starts_with('{') ? std::string(type) : Quoted(type);
}

std::string Required(int id, std::string_view name, std::string_view type) {
  return fmt::format(R"({{"name":{},"type":{},"field-id":{}}})", Quoted(name), TypeText(type), id);
}

std::string Optional(int id, std::string_view name, std::string_view type) {
  return fmt::format(R"({{"name":{},"type":["null",{}],"default":null,"field-id":{}}})",
                     Quoted(name), TypeText(type), id);
}

std::string Record(std::string_view name, std::initializer_list<std::string> fields) {
  std::string out = fmt::format(R"({{"type":"record","name":"{}","fields":[)", name);
  for (const std::string& field : fields) {
    AppendJsonComma(out);
    out += field;
  }
  return out + "]}";
}

/// A map with integer keys: an array of key and value records.
std::string MapOf(int key_id, int value_id, std::string_view value_type) {
  const std::string item =
      Record(fmt::format("k{}_v{}", key_id, value_id),
             {Required(key_id, "key", "int"), Required(value_id, "value", value_type)});
  return fmt::format(R"({{"type":"array","items":{},"logicalType":"map"}})", item);
}

std::string ListOf(int element_id, std::string_view item) {
  return fmt::format(R"({{"type":"array","items":{},"element-id":{}}})", TypeText(item),
                     element_id);
}

constexpr std::string_view kDateType = R"({"type":"int","logicalType":"date"})";

std::string_view AvroType(const PartitionField& field, const LeafTypes& leaf_types) {
  if (field.transform == "day") return kDateType;
  switch (PartitionValueType(field, leaf_types)) {
    case LeafType::kBoolean: return "boolean";
    case LeafType::kLong: return "long";
    case LeafType::kText: return "string";
    default: return "int";
  }
}

std::string PartitionSchema(const PartitionSpec& spec, const LeafTypes& leaf_types) {
  std::string fields;
  for (const PartitionField& field : spec.fields) {
    if (!fields.empty()) fields += ',';
    const bool is_date = &field == &spec.fields.front();
    fields +=
        Optional(field.field_id, field.name, is_date ? kDateType : AvroType(field, leaf_types));
  }
  return fields.empty() ? Record("r102", {}) : Record("r102", {fields});
}

}  // namespace

LeafType PartitionValueType(const PartitionField& field, const LeafTypes& leaf_types) {
  const bool is_of_column = field.transform == "identity" || field.transform.starts_with("trunc");
  if (!is_of_column) return LeafType::kInt;
  const auto column = leaf_types.find(field.source_id);
  return column == leaf_types.end() ? LeafType::kOther : column->second;
}

std::string ManifestEntrySchema(const PartitionSpec& spec, const LeafTypes& leaf_types) {
  const std::string data_file = Record(
      "r2",
      {Required(134, "content", "int"), Required(100, "file_path", "string"),
       Required(101, "file_format", "string"),
       Required(102, "partition", PartitionSchema(spec, leaf_types)),
       Required(103, "record_count", "long"), Required(104, "file_size_in_bytes", "long"),
       Optional(108, "column_sizes", MapOf(117, 118, "long")),
       Optional(109, "value_counts", MapOf(119, 120, "long")),
       Optional(110, "null_value_counts", MapOf(121, 122, "long")),
       Optional(137, "nan_value_counts", MapOf(138, 139, "long")),
       Optional(125, "lower_bounds", MapOf(126, 127, "bytes")),
       Optional(128, "upper_bounds", MapOf(129, 130, "bytes")),
       Optional(131, "key_metadata", "bytes"), Optional(132, "split_offsets", ListOf(133, "long")),
       Optional(135, "equality_ids", ListOf(136, "int")), Optional(140, "sort_order_id", "int")});
  return Record("manifest_entry",
                {Required(0, "status", "int"), Optional(1, "snapshot_id", "long"),
                 Optional(3, "sequence_number", "long"),
                 Optional(4, "file_sequence_number", "long"), Required(2, "data_file", data_file)});
}

const std::string& ManifestFileSchema() {
  static const std::string schema = [] {
    const std::string summary =
        Record("r508",
               {Required(509, "contains_null", "boolean"), Optional(518, "contains_nan", "boolean"),
                Optional(510, "lower_bound", "bytes"), Optional(511, "upper_bound", "bytes")});
    return Record(
        "manifest_file",
        {Required(500, "manifest_path", "string"), Required(501, "manifest_length", "long"),
         Required(502, "partition_spec_id", "int"), Required(517, "content", "int"),
         Required(515, "sequence_number", "long"), Required(516, "min_sequence_number", "long"),
         Required(503, "added_snapshot_id", "long"), Required(504, "added_files_count", "int"),
         Required(505, "existing_files_count", "int"), Required(506, "deleted_files_count", "int"),
         Required(512, "added_rows_count", "long"), Required(513, "existing_rows_count", "long"),
         Required(514, "deleted_rows_count", "long"),
         Optional(507, "partitions", ListOf(508, summary)),
         Optional(519, "key_metadata", "bytes")});
  }();
  return schema;
}

}  // namespace weir::table::iceberg
