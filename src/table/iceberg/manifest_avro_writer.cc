// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "table/iceberg/avro.h"
#include "table/iceberg/bound_binary.h"
#include "table/iceberg/manifest_avro.h"
#include "table/iceberg/manifest_avro_schema.h"
#include "table/iceberg/metadata_json.h"

namespace weir::table::iceberg {
namespace {

using datafile::ColumnStatistics;
using datafile::DataFile;

/// Writes an optional map; `value` appends an entry's value, or nothing where it has none.
template <typename Map, typename Has, typename Write>
void WriteMap(avro::Encoder& out, const Map& map, Has has, Write write) {
  size_t count = 0;
  for (const auto& [id, item] : map) count += has(id, item) ? 1 : 0;
  out.Present();
  out.StartArray(count);
  for (const auto& [id, item] : map) {
    if (!has(id, item)) continue;
    out.Int(id);
    write(id, item);
  }
  out.EndArray();
}

void WriteCounts(avro::Encoder& out, const DataFile& file) {
  const auto all = [](int32_t, const ColumnStatistics&) { return true; };
  WriteMap(
      out, file.column_bytes, [](int32_t, int64_t) { return true; },
      [&out](int32_t, int64_t bytes) { out.Int(bytes); });
  WriteMap(out, file.statistics, all,
           [&out](int32_t, const ColumnStatistics& column) { out.Int(column.value_count); });
  WriteMap(out, file.statistics, all,
           [&out](int32_t, const ColumnStatistics& column) { out.Int(column.null_count); });
  WriteMap(
      out, file.statistics,
      [](int32_t, const ColumnStatistics& column) { return column.nan_count.has_value(); },
      [&out](int32_t, const ColumnStatistics& column) { out.Int(*column.nan_count); });
}

void WriteBounds(avro::Encoder& out, const DataFile& file, const LeafTypes& types,
                 std::optional<datafile::Bound> ColumnStatistics::* side) {
  std::map<int32_t, std::string> bounds;
  for (const auto& [id, column] : file.statistics) {
    const auto type = types.find(id);
    if (type == types.end() || !(column.*side)) continue;
    if (auto binary = BoundBinary(*(column.*side), type->second)) bounds[id] = std::move(*binary);
  }
  WriteMap(
      out, bounds, [](int32_t, const std::string&) { return true; },
      [&out](int32_t, const std::string& binary) { out.Bytes(binary); });
}

void WriteValue(avro::Encoder& out, const datafile::Bound& value) {
  switch (value.index()) {
    case 0: return out.Bool(std::get<bool>(value));
    case 1: return out.Int(std::get<int32_t>(value));
    case 2: return out.Int(std::get<int64_t>(value));
    default: return out.Bytes(std::get<std::string>(value));
  }
}

void WritePartition(avro::Encoder& out, const DataFile& file, const PartitionSpec& spec) {
  if (spec.fields.empty()) return;
  out.Present();
  out.Int(file.date);
  for (size_t i = 0; i + 1 < spec.fields.size(); ++i) {
    if (i < file.partition.size() && file.partition[i]) {
      out.Present();
      WriteValue(out, *file.partition[i]);
    } else {
      out.Null();
    }
  }
}

void WriteDataFile(avro::Encoder& out, const ManifestEntry& entry, const ManifestSetting& setting) {
  const DataFile& file = entry.file;
  out.Int(static_cast<int>(ManifestContent::kData));
  out.Bytes(setting.location.Uri(file.path));
  out.Bytes("PARQUET");
  WritePartition(out, file, setting.spec);
  out.Int(file.record_count);
  out.Int(file.file_bytes);
  WriteCounts(out, file);
  WriteBounds(out, file, setting.leaf_types, &ColumnStatistics::lower);
  WriteBounds(out, file, setting.leaf_types, &ColumnStatistics::upper);
  out.Null();  // key_metadata
  if (file.split_offsets.empty()) {
    out.Null();
  } else {
    out.Present();
    out.StartArray(file.split_offsets.size());
    for (const int64_t offset : file.split_offsets) out.Int(offset);
    out.EndArray();
  }
  out.Null();  // equality_ids
  if (entry.sort_order_id) {
    out.Present();
    out.Int(*entry.sort_order_id);
  } else {
    out.Null();
  }
}

void WriteEntry(avro::Encoder& out, const ManifestEntry& entry, const ManifestSetting& setting) {
  out.Int(static_cast<int>(entry.status));
  out.Present();
  out.Int(entry.snapshot_id);
  if (entry.status == EntryStatus::kAdded) {
    out.Null();
    out.Null();
  } else {
    out.Present();
    out.Int(entry.sequence_number);
    out.Present();
    out.Int(entry.file_sequence_number);
  }
  if (entry.encoded_file.empty()) {
    WriteDataFile(out, entry, setting);
  } else {
    out.bytes() += entry.encoded_file;
  }
}

void WriteSummary(avro::Encoder& out, const FieldSummary& field) {
  out.Bool(field.contains_null);
  out.Present();
  out.Bool(false);  // contains_nan
  for (const auto& bound : {field.lower, field.upper}) {
    if (bound) {
      out.Present();
      out.Bytes(*bound);
    } else {
      out.Null();
    }
  }
}

void WritePartitions(avro::Encoder& out, const ManifestFile& manifest) {
  if (!manifest.date_min || !manifest.date_max) {
    out.Null();
    return;
  }
  out.Present();
  out.StartArray(1 + manifest.fields.size());
  WriteSummary(out, {false, IntBinary(*manifest.date_min), IntBinary(*manifest.date_max)});
  for (const FieldSummary& field : manifest.fields) WriteSummary(out, field);
  out.EndArray();
}

void WriteManifestFile(avro::Encoder& out, const ManifestFile& manifest) {
  out.Bytes(manifest.path);
  out.Int(manifest.length);
  out.Int(manifest.partition_spec_id);
  out.Int(static_cast<int>(manifest.content));
  out.Int(manifest.sequence_number);
  out.Int(manifest.min_sequence_number);
  out.Int(manifest.added_snapshot_id);
  out.Int(manifest.added_files);
  out.Int(manifest.existing_files);
  out.Int(manifest.deleted_files);
  out.Int(manifest.added_rows);
  out.Int(manifest.existing_rows);
  out.Int(manifest.deleted_rows);
  WritePartitions(out, manifest);
  out.Null();  // key_metadata
}

}  // namespace

std::string ManifestAvro(const std::vector<ManifestEntry>& entries, const ManifestSetting& setting,
                         const std::string& seed) {
  avro::FileWriter writer({.schema = ManifestEntrySchema(setting.spec, setting.leaf_types),
                           .metadata = {{"schema", setting.schema.json},
                                        {"schema-id", fmt::to_string(setting.schema.schema_id)},
                                        {"partition-spec", PartitionFieldsJson(setting.spec)},
                                        {"partition-spec-id", fmt::to_string(setting.spec.spec_id)},
                                        {"format-version", "2"},
                                        {"content", "data"}},
                           .sync_seed = seed});
  for (const ManifestEntry& entry : entries) {
    WriteEntry(writer.record(), entry, setting);
    writer.EndRecord();
  }
  return std::move(writer).Finish();
}

std::string ManifestListAvro(const std::vector<ManifestFile>& manifests, const ListHeader& header,
                             const std::string& seed) {
  const std::string parent =
      header.parent_snapshot_id ? fmt::to_string(*header.parent_snapshot_id) : "null";
  avro::FileWriter writer({.schema = ManifestFileSchema(),
                           .metadata = {{"snapshot-id", fmt::to_string(header.snapshot_id)},
                                        {"parent-snapshot-id", parent},
                                        {"sequence-number", fmt::to_string(header.sequence_number)},
                                        {"format-version", "2"}},
                           .sync_seed = seed});
  for (const ManifestFile& manifest : manifests) {
    WriteManifestFile(writer.record(), manifest);
    writer.EndRecord();
  }
  return std::move(writer).Finish();
}

}  // namespace weir::table::iceberg
