// SPDX-License-Identifier: Apache-2.0
// Merging rewrites four numbers an entry; the file's hundreds of statistics are copied as bytes.

#include <fmt/format.h>

#include "table/iceberg/avro.h"
#include "table/iceberg/manifest_avro.h"
#include "table/iceberg/manifest_avro_schema.h"

namespace weir::table::iceberg {
namespace {

using avro::Datum;
using Slices = std::vector<std::string_view>;

// Positions in the schemas of manifest_avro_schema.cc.
enum EntryField { kStatus, kSnapshotId, kSequenceNumber, kFileSequenceNumber, kDataFile };
enum FileField { kContent, kPath, kFormat, kPartition, kRecordCount, kFileBytes };

Status Malformed(std::string_view what) {
  return Error(ErrorKind::kBadRequest, fmt::format("read iceberg manifest: {}", what));
}

/// The integer in field `index`, or nothing where it is null.
Result<std::optional<int64_t>> Int(const avro::Type& type, const Slices& slices, size_t index) {
  const Datum datum = TRY(avro::DecodeValue(*type.fields[index].type, slices[index]));
  if (datum.is_null()) return std::nullopt;
  const int64_t* value = std::get_if<int64_t>(&datum.value);
  if (value == nullptr) return Malformed(fmt::format("{} is no integer", type.fields[index].name));
  return *value;
}

Status ReadFileHead(const avro::Type& type, std::string_view bytes, const ManifestSetting& setting,
                    datafile::DataFile& file) {
  const Slices slices = TRY(avro::SplitRecord(type, bytes));
  const avro::Type& partition = *type.fields[kPartition].type;
  const Slices values = TRY(avro::SplitRecord(partition, slices[kPartition]));
  const auto date = TRY(Int(partition, values, 0));
  if (!date) return Malformed("a file without a date");
  file.date = static_cast<int32_t>(*date);
  file.spec_id = setting.spec.spec_id;
  for (size_t i = 1; i < setting.spec.fields.size(); ++i) {
    const Datum datum = TRY(avro::DecodeValue(*partition.fields[i].type, values[i]));
    auto value = TRY(PartitionValue(datum, setting.spec.fields[i], setting.leaf_types));
    file.partition.push_back(std::move(value));
  }
  const auto record_count = TRY(Int(type, slices, kRecordCount));
  const auto file_bytes = TRY(Int(type, slices, kFileBytes));
  file.record_count = record_count.value_or(0);
  file.file_bytes = file_bytes.value_or(0);
  return Status::OK();
}

Result<ManifestEntry> ReadEntry(const avro::Type& type, std::string_view record,
                                const ManifestFile& listed, const ManifestSetting& setting) {
  const Slices slices = TRY(avro::SplitRecord(type, record));
  const auto status = TRY(Int(type, slices, kStatus));
  if (!status || *status < 0 || *status > 2) return Malformed("an entry of unknown status");
  const auto snapshot_id = TRY(Int(type, slices, kSnapshotId));
  const auto sequence_number = TRY(Int(type, slices, kSequenceNumber));
  const auto file_sequence_number = TRY(Int(type, slices, kFileSequenceNumber));
  ManifestEntry entry;
  entry.status = static_cast<EntryStatus>(*status);
  entry.snapshot_id = snapshot_id.value_or(listed.added_snapshot_id);
  entry.sequence_number = sequence_number.value_or(listed.sequence_number);
  entry.file_sequence_number = file_sequence_number.value_or(listed.sequence_number);
  entry.encoded_file = slices[kDataFile];
  TRY(ReadFileHead(*type.fields[kDataFile].type, slices[kDataFile], setting, entry.file));
  return entry;
}

}  // namespace

Result<std::vector<ManifestEntry>> ReadManifestToCopy(std::string_view bytes,
                                                      const ManifestFile& listed,
                                                      const ManifestSetting& setting) {
  const avro::RawFile file = TRY(avro::ReadRawFile(bytes));
  const bool is_like_ours =
      file.metadata.at("avro.schema") == ManifestEntrySchema(setting.spec, setting.leaf_types);
  if (!is_like_ours || setting.spec.fields.empty()) return ReadManifest(bytes, listed, setting);
  std::vector<ManifestEntry> entries;
  entries.reserve(file.records.size());
  for (const std::string_view record : file.records) {
    ManifestEntry entry = TRY(ReadEntry(*file.schema, record, listed, setting));
    entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace weir::table::iceberg
