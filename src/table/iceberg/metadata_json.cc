// SPDX-License-Identifier: Apache-2.0
#include "table/iceberg/metadata_json.h"

#include <fmt/format.h>

#include <iterator>

#include "table/iceberg/summary_json.h"
#include "table/json_text.h"

namespace weir::table::iceberg {
namespace {

// A snapshot takes about 500 bytes, the rest but for schemas is small.
constexpr size_t kSnapshotBytes = 700;

void AppendNumber(std::string& out, std::string_view name, int64_t value) {
  AppendJsonName(out, name);
  fmt::format_to(std::back_inserter(out), "{}", value);
}

void AppendText(std::string& out, std::string_view name, std::string_view value) {
  AppendJsonName(out, name);
  AppendJsonText(out, value);
}

/// Appends `"name":[…]`, one call of `append` an item.
template <typename Items, typename Append>
void AppendArray(std::string& out, std::string_view name, const Items& items, Append append) {
  AppendJsonName(out, name);
  out += '[';
  for (const auto& item : items) {
    AppendJsonComma(out);
    append(item);
  }
  out += ']';
}

void AppendPartitionField(std::string& out, const PartitionField& field) {
  out += '{';
  AppendNumber(out, "source-id", field.source_id);
  AppendNumber(out, "field-id", field.field_id);
  AppendText(out, "name", field.name);
  AppendText(out, "transform", field.transform);
  out += '}';
}

void AppendSpec(std::string& out, const PartitionSpec& spec) {
  out += '{';
  AppendNumber(out, "spec-id", spec.spec_id);
  AppendJsonName(out, "fields");
  out += PartitionFieldsJson(spec);
  out += '}';
}

void AppendSortOrder(std::string& out, const SortOrder& order) {
  out += '{';
  AppendNumber(out, "order-id", order.order_id);
  AppendArray(out, "fields", order.fields, [&out](const SortField& field) {
    out += '{';
    AppendText(out, "transform", field.transform);
    AppendNumber(out, "source-id", field.source_id);
    AppendText(out, "direction", field.direction);
    AppendText(out, "null-order", field.null_order);
    out += '}';
  });
  out += '}';
}

void AppendSnapshot(std::string& out, const Snapshot& snapshot) {
  out += '{';
  AppendNumber(out, "snapshot-id", snapshot.snapshot_id);
  if (snapshot.parent_snapshot_id) {
    AppendNumber(out, "parent-snapshot-id", *snapshot.parent_snapshot_id);
  }
  AppendNumber(out, "sequence-number", snapshot.sequence_number);
  AppendNumber(out, "timestamp-ms", snapshot.timestamp_ms);
  AppendText(out, "manifest-list", snapshot.manifest_list);
  AppendJsonName(out, "summary");
  AppendSummary(out, snapshot.summary);
  AppendNumber(out, "schema-id", snapshot.schema_id);
  out += '}';
}

void AppendReferences(std::string& out, const std::map<std::string, Reference>& refs) {
  AppendJsonName(out, "refs");
  out += '{';
  for (const auto& [name, ref] : refs) {
    AppendJsonName(out, name);
    out += '{';
    AppendNumber(out, "snapshot-id", ref.snapshot_id);
    AppendText(out, "type", ref.type);
    if (ref.max_ref_age_ms) AppendNumber(out, "max-ref-age-ms", *ref.max_ref_age_ms);
    if (ref.max_snapshot_age_ms) AppendNumber(out, "max-snapshot-age-ms", *ref.max_snapshot_age_ms);
    if (ref.min_snapshots_to_keep) {
      AppendNumber(out, "min-snapshots-to-keep", *ref.min_snapshots_to_keep);
    }
    out += '}';
  }
  out += '}';
}

/// What the table is: identity, schemas, specs, orders, properties.
void AppendDefinition(std::string& out, const Metadata& metadata) {
  AppendNumber(out, "last-column-id", metadata.last_column_id);
  AppendNumber(out, "current-schema-id", metadata.current_schema_id);
  AppendArray(out, "schemas", metadata.schemas,
              [&out](const Schema& schema) { out += schema.json; });
  AppendNumber(out, "default-spec-id", metadata.default_spec_id);
  AppendArray(out, "partition-specs", metadata.partition_specs,
              [&out](const PartitionSpec& spec) { AppendSpec(out, spec); });
  AppendNumber(out, "last-partition-id", metadata.last_partition_id);
  AppendNumber(out, "default-sort-order-id", metadata.default_sort_order_id);
  AppendArray(out, "sort-orders", metadata.sort_orders,
              [&out](const SortOrder& order) { AppendSortOrder(out, order); });
  AppendJsonName(out, "properties");
  out += '{';
  for (const auto& [name, value] : metadata.properties) AppendText(out, name, value);
  out += '}';
}

void AppendHistory(std::string& out, const Metadata& metadata) {
  if (metadata.current_snapshot_id) {
    AppendNumber(out, "current-snapshot-id", *metadata.current_snapshot_id);
  }
  AppendReferences(out, metadata.refs);
  AppendArray(out, "snapshots", metadata.snapshots,
              [&out](const Snapshot& snapshot) { AppendSnapshot(out, snapshot); });
  AppendJsonName(out, "statistics");
  out += metadata.statistics_json;
  AppendJsonName(out, "partition-statistics");
  out += metadata.partition_statistics_json;
  AppendArray(out, "snapshot-log", metadata.snapshot_log, [&out](const SnapshotLogEntry& entry) {
    fmt::format_to(std::back_inserter(out), "{{\"timestamp-ms\":{},\"snapshot-id\":{}}}",
                   entry.timestamp_ms, entry.snapshot_id);
  });
  AppendArray(out, "metadata-log", metadata.metadata_log, [&out](const MetadataLogEntry& entry) {
    out += '{';
    AppendNumber(out, "timestamp-ms", entry.timestamp_ms);
    AppendText(out, "metadata-file", entry.metadata_file);
    out += '}';
  });
}

}  // namespace

std::string PartitionFieldsJson(const PartitionSpec& spec) {
  std::string out = "[";
  for (const PartitionField& field : spec.fields) {
    AppendJsonComma(out);
    AppendPartitionField(out, field);
  }
  out += ']';
  return out;
}

std::string MetadataJson(const Metadata& metadata) {
  std::string out;
  out.reserve(metadata.snapshots.size() * kSnapshotBytes + (64 << 10));
  out += "{\"format-version\":2";
  AppendText(out, "table-uuid", metadata.table_uuid);
  AppendText(out, "location", metadata.location);
  AppendNumber(out, "last-sequence-number", metadata.last_sequence_number);
  AppendNumber(out, "last-updated-ms", metadata.last_updated_ms);
  AppendDefinition(out, metadata);
  AppendHistory(out, metadata);
  out += '}';
  return out;
}

}  // namespace weir::table::iceberg
