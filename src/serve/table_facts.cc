// SPDX-License-Identifier: Apache-2.0
#include "serve/table_facts.h"

#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>

namespace weir::serve {
namespace {

using nlohmann::ordered_json;

// Deeper types are shown as `…`; our tables have two levels.
constexpr int kTypeDepthMax = 16;

/// Metadata may come from another writer, so nothing is taken to be there or of a type.
const ordered_json& At(const ordered_json& object, std::string_view key) {
  static const ordered_json kNull;
  const auto found = object.find(key);
  return found == object.end() ? kNull : *found;
}

int64_t IntAt(const ordered_json& object, std::string_view key) {
  const ordered_json& value = At(object, key);
  return value.is_number_integer() ? value.get<int64_t>() : 0;
}

std::string TextAt(const ordered_json& object, std::string_view key) {
  const ordered_json& value = At(object, key);
  return value.is_string() ? value.get<std::string>() : std::string();
}

/// A summary's counters are numbers in text.
int64_t CounterAt(const ordered_json& summary, std::string_view key) {
  const std::string text = TextAt(summary, key);
  int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

const ordered_json& FindById(const ordered_json& items, std::string_view key, int64_t id) {
  static const ordered_json kNull;
  for (const auto& item : items) {
    if (IntAt(item, key) == id) return item;
  }
  return kNull;
}

const ordered_json& CurrentSnapshot(const ordered_json& metadata) {
  return FindById(At(metadata, "snapshots"), "snapshot-id", IntAt(metadata, "current-snapshot-id"));
}

std::string TypeText(const ordered_json& type, int depth) {
  if (type.is_string()) return type.get<std::string>();
  if (depth == 0) return "…";
  const std::string kind = TextAt(type, "type");
  if (kind == "list") return fmt::format("list<{}>", TypeText(At(type, "element"), depth - 1));
  if (kind == "map") {
    return fmt::format("map<{}, {}>", TypeText(At(type, "key"), depth - 1),
                       TypeText(At(type, "value"), depth - 1));
  }
  std::string fields;
  for (const auto& field : At(type, "fields")) {
    fields += fmt::format("{}{}: {}", fields.empty() ? "" : ", ", TextAt(field, "name"),
                          TypeText(At(field, "type"), depth - 1));
  }
  return fmt::format("struct<{}>", fields);
}

ordered_json Columns(const ordered_json& schema) {
  ordered_json columns = ordered_json::array();
  for (const auto& field : At(schema, "fields")) {
    columns.push_back({{"id", IntAt(field, "id")},
                       {"name", TextAt(field, "name")},
                       {"type", TypeText(At(field, "type"), kTypeDepthMax)},
                       {"required", At(field, "required") == true}});
  }
  return columns;
}

ordered_json SourceNames(const ordered_json& fields, const ordered_json& schema) {
  ordered_json names = ordered_json::array();
  for (const auto& field : fields) {
    names.push_back(
        TextAt(FindById(At(schema, "fields"), "id", IntAt(field, "source-id")), "name"));
  }
  return names;
}

}  // namespace

ordered_json TableLine(const catalog::TableEntry& entry, const ordered_json& metadata) {
  const ordered_json& summary = At(CurrentSnapshot(metadata), "summary");
  return {{"schema", entry.name.schema},
          {"name", entry.name.name},
          {"rows", CounterAt(summary, "total-records")},
          {"files", CounterAt(summary, "total-data-files")},
          {"bytes", CounterAt(summary, "total-files-size")},
          {"snapshot_id", std::to_string(entry.snapshot_id)},
          {"updated_ms", IntAt(metadata, "last-updated-ms")},
          {"location", entry.location}};
}

ordered_json TableFacts(const catalog::TableEntry& entry, const ordered_json& metadata) {
  const ordered_json& schema =
      FindById(At(metadata, "schemas"), "schema-id", IntAt(metadata, "current-schema-id"));
  const ordered_json& spec =
      FindById(At(metadata, "partition-specs"), "spec-id", IntAt(metadata, "default-spec-id"));
  const ordered_json& order =
      FindById(At(metadata, "sort-orders"), "order-id", IntAt(metadata, "default-sort-order-id"));
  ordered_json facts = TableLine(entry, metadata);
  facts["uuid"] = entry.uuid;
  facts["metadata_location"] = entry.metadata_location;
  facts["delta_path"] = entry.location + "/data";  // Delta's root lies below Iceberg's.
  facts["delta_version"] = entry.delta_version;
  facts["snapshots"] = At(metadata, "snapshots").size();
  facts["partitioned_by"] = SourceNames(At(spec, "fields"), schema);
  facts["sorted_by"] = SourceNames(At(order, "fields"), schema);
  facts["columns"] = Columns(schema);
  return facts;
}

ordered_json SnapshotFacts(const ordered_json& metadata, size_t count_max) {
  ordered_json facts = ordered_json::array();
  const ordered_json& snapshots = At(metadata, "snapshots");
  if (!snapshots.is_array()) return facts;
  for (auto snapshot = snapshots.rbegin(); snapshot != snapshots.rend(); ++snapshot) {
    if (facts.size() == count_max) break;
    const ordered_json& summary = At(*snapshot, "summary");
    const ordered_json& parent = At(*snapshot, "parent-snapshot-id");
    facts.push_back(
        {{"snapshot_id", std::to_string(IntAt(*snapshot, "snapshot-id"))},
         {"parent_snapshot_id", parent.is_number_integer()
                                    ? ordered_json(std::to_string(parent.get<int64_t>()))
                                    : ordered_json(nullptr)},
         {"sequence_number", IntAt(*snapshot, "sequence-number")},
         {"timestamp_ms", IntAt(*snapshot, "timestamp-ms")},
         {"operation", TextAt(summary, "operation")},
         {"added_files", CounterAt(summary, "added-data-files")},
         {"added_rows", CounterAt(summary, "added-records")},
         {"deleted_files", CounterAt(summary, "deleted-data-files")},
         {"total_files", CounterAt(summary, "total-data-files")},
         {"total_rows", CounterAt(summary, "total-records")},
         {"total_bytes", CounterAt(summary, "total-files-size")},
         {"manifest_list", TextAt(*snapshot, "manifest-list")}});
  }
  return facts;
}

}  // namespace weir::serve
