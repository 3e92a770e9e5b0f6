// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "table/iceberg/metadata_json.h"
#include "table/iceberg/summary_json.h"

namespace weir::table::iceberg {
namespace {

using Json =
    nlohmann::ordered_json;  // Keeps the order of keys, so that schema text stays as it was.

Status Malformed(std::string_view what) {
  return Error(ErrorKind::kBadRequest, fmt::format("read iceberg metadata: {}", what));
}

Result<std::optional<int64_t>> OptionalNumber(const Json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || found->is_null()) return std::nullopt;
  if (!found->is_number_integer()) return Malformed(fmt::format("{} is not an integer", name));
  return found->get<int64_t>();
}

Result<int64_t> Number(const Json& object, const char* name) {
  const std::optional<int64_t> number = TRY(OptionalNumber(object, name));
  if (!number) return Malformed(fmt::format("{} is missing", name));
  return *number;
}

Result<int32_t> Int(const Json& object, const char* name) {
  const int64_t number = TRY(Number(object, name));
  if (number < std::numeric_limits<int32_t>::min() ||
      number > std::numeric_limits<int32_t>::max()) {
    return Malformed(fmt::format("{} is out of range", name));
  }
  return static_cast<int32_t>(number);
}

Result<std::string> Text(const Json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_string()) {
    return Malformed(fmt::format("{} is missing or not text", name));
  }
  return found->get<std::string>();
}

/// Reads every object of the array `name` by `read`; an absent array is an empty one.
template <typename T>
Status ReadArray(const Json& object, const char* name, Result<T> (*read)(const Json&),
                 std::vector<T>& out) {
  const auto found = object.find(name);
  if (found == object.end() || found->is_null()) return Status::OK();
  if (!found->is_array()) return Malformed(fmt::format("{} is not a list", name));
  for (const Json& item : *found) {
    if (!item.is_object()) return Malformed(fmt::format("{} holds more than objects", name));
    T value = TRY(read(item));
    out.push_back(std::move(value));
  }
  return Status::OK();
}

/// The entries of the object `name`, all text; an absent object is an empty one.
Result<std::map<std::string, std::string>> ReadTexts(const Json& object, const char* name) {
  std::map<std::string, std::string> texts;
  const auto found = object.find(name);
  if (found == object.end() || found->is_null()) return texts;
  if (!found->is_object()) return Malformed(fmt::format("{} is not an object", name));
  for (const auto& [key, value] : found->items()) {
    if (!value.is_string()) return Malformed(fmt::format("{} in {} is not text", key, name));
    texts[key] = value.get_ref<const std::string&>();
  }
  return texts;
}

Result<Schema> ReadSchema(const Json& node) {
  const int32_t id = TRY(Int(node, "schema-id"));
  return Schema{.schema_id = id, .json = node.dump(-1, ' ', false, Json::error_handler_t::replace)};
}

Result<PartitionField> ReadPartitionField(const Json& node) {
  PartitionField field;
  field.source_id = TRY(Int(node, "source-id"));
  field.field_id = TRY(Int(node, "field-id"));
  field.name = TRY(Text(node, "name"));
  field.transform = TRY(Text(node, "transform"));
  return field;
}

Result<PartitionSpec> ReadSpec(const Json& node) {
  PartitionSpec spec;
  spec.spec_id = TRY(Int(node, "spec-id"));
  TRY(ReadArray(node, "fields", ReadPartitionField, spec.fields));
  return spec;
}

Result<SortField> ReadSortField(const Json& node) {
  SortField field;
  field.transform = TRY(Text(node, "transform"));
  field.source_id = TRY(Int(node, "source-id"));
  field.direction = TRY(Text(node, "direction"));
  field.null_order = TRY(Text(node, "null-order"));
  return field;
}

Result<SortOrder> ReadSortOrder(const Json& node) {
  SortOrder order;
  order.order_id = TRY(Int(node, "order-id"));
  TRY(ReadArray(node, "fields", ReadSortField, order.fields));
  return order;
}

Result<Snapshot> ReadSnapshot(const Json& node) {
  Snapshot snapshot;
  snapshot.snapshot_id = TRY(Number(node, "snapshot-id"));
  snapshot.parent_snapshot_id = TRY(OptionalNumber(node, "parent-snapshot-id"));
  snapshot.sequence_number = TRY(Number(node, "sequence-number"));
  snapshot.timestamp_ms = TRY(Number(node, "timestamp-ms"));
  snapshot.manifest_list = TRY(Text(node, "manifest-list"));
  if (node.contains("schema-id")) snapshot.schema_id = TRY(Int(node, "schema-id"));
  const auto summary = TRY(ReadTexts(node, "summary"));
  for (const auto& [name, value] : summary) SetSummaryEntry(snapshot.summary, name, value);
  return snapshot;
}

Result<Reference> ReadReference(const Json& node) {
  if (!node.is_object()) return Malformed("a ref is not an object");
  Reference ref;
  ref.snapshot_id = TRY(Number(node, "snapshot-id"));
  ref.type = TRY(Text(node, "type"));
  ref.max_ref_age_ms = TRY(OptionalNumber(node, "max-ref-age-ms"));
  ref.max_snapshot_age_ms = TRY(OptionalNumber(node, "max-snapshot-age-ms"));
  ref.min_snapshots_to_keep = TRY(OptionalNumber(node, "min-snapshots-to-keep"));
  return ref;
}

Status ReadReferences(const Json& node, Metadata& metadata) {
  const auto refs = node.find("refs");
  if (refs == node.end() || refs->is_null()) return Status::OK();
  if (!refs->is_object()) return Malformed("refs is not an object");
  for (const auto& [name, ref] : refs->items()) metadata.refs[name] = TRY(ReadReference(ref));
  return Status::OK();
}

Result<SnapshotLogEntry> ReadSnapshotLogEntry(const Json& node) {
  SnapshotLogEntry entry;
  entry.snapshot_id = TRY(Number(node, "snapshot-id"));
  entry.timestamp_ms = TRY(Number(node, "timestamp-ms"));
  return entry;
}

Result<MetadataLogEntry> ReadMetadataLogEntry(const Json& node) {
  MetadataLogEntry entry;
  entry.metadata_file = TRY(Text(node, "metadata-file"));
  entry.timestamp_ms = TRY(Number(node, "timestamp-ms"));
  return entry;
}

/// The list `name` as JSON text, for what is carried along unread.
std::string ListText(const Json& node, const char* name) {
  const auto found = node.find(name);
  if (found == node.end() || !found->is_array()) return "[]";
  return found->dump(-1, ' ', false, Json::error_handler_t::replace);
}

Status ReadDefinition(const Json& node, Metadata& metadata) {
  metadata.table_uuid = TRY(Text(node, "table-uuid"));
  metadata.location = TRY(Text(node, "location"));
  while (metadata.location.ends_with('/')) metadata.location.pop_back();
  metadata.last_column_id = TRY(Int(node, "last-column-id"));
  metadata.current_schema_id = TRY(Int(node, "current-schema-id"));
  metadata.default_spec_id = TRY(Int(node, "default-spec-id"));
  metadata.last_partition_id = TRY(Int(node, "last-partition-id"));
  metadata.default_sort_order_id = TRY(Int(node, "default-sort-order-id"));
  TRY(ReadArray(node, "schemas", ReadSchema, metadata.schemas));
  TRY(ReadArray(node, "partition-specs", ReadSpec, metadata.partition_specs));
  TRY(ReadArray(node, "sort-orders", ReadSortOrder, metadata.sort_orders));
  metadata.properties = TRY(ReadTexts(node, "properties"));
  if (metadata.CurrentSchema() == nullptr) return Malformed("current-schema-id names no schema");
  if (metadata.DefaultSpec() == nullptr) return Malformed("default-spec-id names no spec");
  return Status::OK();
}

Status ReadHistory(const Json& node, Metadata& metadata) {
  metadata.last_sequence_number = TRY(Number(node, "last-sequence-number"));
  metadata.last_updated_ms = TRY(Number(node, "last-updated-ms"));
  TRY(ReadArray(node, "snapshots", ReadSnapshot, metadata.snapshots));
  std::ranges::sort(metadata.snapshots, {}, &Snapshot::sequence_number);
  TRY(ReadReferences(node, metadata));
  metadata.current_snapshot_id = TRY(OptionalNumber(node, "current-snapshot-id"));
  // Java writes -1 where there is no snapshot.
  if (metadata.current_snapshot_id == -1) metadata.current_snapshot_id.reset();
  if (metadata.current_snapshot_id && metadata.CurrentSnapshot() == nullptr) {
    return Malformed("current-snapshot-id names no snapshot");
  }
  TRY(ReadArray(node, "snapshot-log", ReadSnapshotLogEntry, metadata.snapshot_log));
  TRY(ReadArray(node, "metadata-log", ReadMetadataLogEntry, metadata.metadata_log));
  metadata.statistics_json = ListText(node, "statistics");
  metadata.partition_statistics_json = ListText(node, "partition-statistics");
  return Status::OK();
}

}  // namespace

Result<Metadata> MetadataFromJson(std::string_view text) {
  const Json node = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!node.is_object()) return Malformed("not a JSON object");
  const int64_t version = TRY(Number(node, "format-version"));
  if (version != 2) return Malformed(fmt::format("format-version is {}, expected 2", version));
  Metadata metadata;
  TRY(ReadDefinition(node, metadata));
  TRY(ReadHistory(node, metadata));
  return metadata;
}

}  // namespace weir::table::iceberg
