// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <limits>

#include "table/iceberg/avro.h"
#include "table/iceberg/bound_binary.h"
#include "table/iceberg/manifest_avro.h"
#include "table/iceberg/manifest_avro_schema.h"

namespace weir::table::iceberg {
namespace {

using avro::Datum;
using datafile::Bound;
using datafile::ColumnStatistics;
using datafile::DataFile;
using Datums = std::vector<Datum>;

Status Malformed(std::string_view what) {
  return Error(ErrorKind::kBadRequest, fmt::format("read iceberg manifest: {}", what));
}

/// A record read by Iceberg field ids, whatever the order its writer chose. Borrows both.
class Row {
 public:
  static Result<Row> Of(const avro::Type& type, const Datum& datum) {
    const auto* fields = std::get_if<Datums>(&datum.value);
    if (type.kind != avro::Kind::kRecord || fields == nullptr) return Malformed("not a record");
    return Row(type, *fields);
  }

  /// Null where the field is absent or null.
  const Datum* Find(int32_t field_id) const {
    const auto index = type_->IndexOf(field_id);
    if (!index || (*fields_)[*index].is_null()) return nullptr;
    return &(*fields_)[*index];
  }

  Result<std::optional<int64_t>> OptionalInt(int32_t field_id) const {
    const Datum* datum = Find(field_id);
    if (datum == nullptr) return std::nullopt;
    const int64_t* number = std::get_if<int64_t>(&datum->value);
    if (number == nullptr) return Malformed(fmt::format("field {} is not an integer", field_id));
    return *number;
  }

  Result<int64_t> Long(int32_t field_id) const {
    const std::optional<int64_t> number = TRY(OptionalInt(field_id));
    if (!number) return Malformed(fmt::format("field {} is missing", field_id));
    return *number;
  }

  Result<int32_t> Int(int32_t field_id) const {
    const int64_t number = TRY(Long(field_id));
    return Narrow(number, field_id);
  }

  static Result<int32_t> Narrow(int64_t number, int32_t field_id) {
    if (number < std::numeric_limits<int32_t>::min() ||
        number > std::numeric_limits<int32_t>::max()) {
      return Malformed(fmt::format("field {} is out of range", field_id));
    }
    return static_cast<int32_t>(number);
  }

  Result<std::string> Text(int32_t field_id) const {
    const Datum* datum = Find(field_id);
    const std::string* text = datum == nullptr ? nullptr : std::get_if<std::string>(&datum->value);
    if (text == nullptr) return Malformed(fmt::format("field {} is missing or not text", field_id));
    return *text;
  }

  /// The record in field `field_id`.
  Result<Row> Nested(int32_t field_id) const {
    const auto index = type_->IndexOf(field_id);
    if (!index) return Malformed(fmt::format("field {} is missing", field_id));
    return Of(*type_->fields[*index].type, (*fields_)[*index]);
  }

  /// Calls `read` with key and value of each entry of an integer-keyed map; absent is empty.
  template <typename Value, typename Read>
  Status ForEachEntry(int32_t field_id, Read read) const {
    const Datum* datum = Find(field_id);
    if (datum == nullptr) return Status::OK();
    const Datums* items = std::get_if<Datums>(&datum->value);
    if (items == nullptr) return Malformed(fmt::format("field {} is not a map", field_id));
    for (const Datum& item : *items) {
      const Datums* pair = std::get_if<Datums>(&item.value);
      const bool is_pair = pair != nullptr && pair->size() == 2;
      const int64_t* key = is_pair ? std::get_if<int64_t>(&(*pair)[0].value) : nullptr;
      const Value* value = is_pair ? std::get_if<Value>(&(*pair)[1].value) : nullptr;
      if (key == nullptr || value == nullptr)
        return Malformed(fmt::format("field {} is not a map", field_id));
      const int32_t id = TRY(Narrow(*key, field_id));
      read(id, *value);
    }
    return Status::OK();
  }

 private:
  Row(const avro::Type& type, const Datums& fields) : type_(&type), fields_(&fields) {}

  const avro::Type* type_;
  const Datums* fields_;
};

/// Bounds count only for columns whose type we know and that have counts.
Status ReadBounds(const Row& row, int32_t field_id, const LeafTypes& types, DataFile& file,
                  std::optional<Bound> ColumnStatistics::* side) {
  return row.ForEachEntry<std::string>(field_id, [&](int32_t id, const std::string& bytes) {
    const auto type = types.find(id);
    const auto column = file.statistics.find(id);
    if (type == types.end() || column == file.statistics.end()) return;
    column->second.*side = BoundFromBinary(bytes, type->second);
  });
}

Status ReadStatistics(const Row& row, const LeafTypes& types, DataFile& file) {
  TRY(row.ForEachEntry<int64_t>(
      108, [&file](int32_t id, int64_t bytes) { file.column_bytes[id] = bytes; }));
  TRY(row.ForEachEntry<int64_t>(
      109, [&file](int32_t id, int64_t count) { file.statistics[id].value_count = count; }));
  TRY(row.ForEachEntry<int64_t>(110, [&file](int32_t id, int64_t count) {
    if (file.statistics.contains(id)) file.statistics[id].null_count = count;
  }));
  TRY(row.ForEachEntry<int64_t>(137, [&file](int32_t id, int64_t count) {
    if (file.statistics.contains(id)) file.statistics[id].nan_count = count;
  }));
  TRY(ReadBounds(row, 125, types, file, &ColumnStatistics::lower));
  return ReadBounds(row, 128, types, file, &ColumnStatistics::upper);
}

/// What the spec has behind the date.
Status ReadPartition(const Row& partition, const ManifestSetting& setting, DataFile& file) {
  for (size_t i = 1; i < setting.spec.fields.size(); ++i) {
    const PartitionField& field = setting.spec.fields[i];
    const Datum* datum = partition.Find(field.field_id);
    auto value =
        TRY(PartitionValue(datum == nullptr ? Datum() : *datum, field, setting.leaf_types));
    file.partition.push_back(std::move(value));
  }
  return Status::OK();
}

Result<DataFile> ReadDataFile(const Row& row, const ManifestSetting& setting) {
  DataFile file;
  const std::string uri = TRY(row.Text(100));
  file.path = setting.location.Relative(uri);
  file.record_count = TRY(row.Long(103));
  file.file_bytes = TRY(row.Long(104));
  if (!setting.spec.fields.empty()) {
    const Row partition = TRY(row.Nested(102));
    file.date = TRY(partition.Int(setting.spec.fields[0].field_id));
    file.spec_id = setting.spec.spec_id;
    TRY(ReadPartition(partition, setting, file));
  }
  TRY(ReadStatistics(row, setting.leaf_types, file));
  if (const Datum* offsets = row.Find(132)) {
    const Datums* items = std::get_if<Datums>(&offsets->value);
    if (items == nullptr) return Malformed("split_offsets is not a list");
    for (const Datum& item : *items) {
      const int64_t* offset = std::get_if<int64_t>(&item.value);
      if (offset == nullptr) return Malformed("split_offsets holds something else than integers");
      file.split_offsets.push_back(*offset);
    }
  }
  return file;
}

Result<ManifestEntry> ReadEntry(const Row& row, const ManifestFile& listed,
                                const ManifestSetting& setting) {
  ManifestEntry entry;
  const int32_t status = TRY(row.Int(0));
  if (status < 0 || status > 2) return Malformed(fmt::format("entry status is {}", status));
  entry.status = static_cast<EntryStatus>(status);
  const std::optional<int64_t> snapshot_id = TRY(row.OptionalInt(1));
  const std::optional<int64_t> sequence_number = TRY(row.OptionalInt(3));
  const std::optional<int64_t> file_sequence_number = TRY(row.OptionalInt(4));
  entry.snapshot_id = snapshot_id.value_or(listed.added_snapshot_id);
  entry.sequence_number = sequence_number.value_or(listed.sequence_number);
  entry.file_sequence_number = file_sequence_number.value_or(listed.sequence_number);
  const Row data_file = TRY(row.Nested(2));
  const std::optional<int64_t> order = TRY(data_file.OptionalInt(140));
  if (order) entry.sort_order_id = TRY(Row::Narrow(*order, 140));
  entry.file = TRY(ReadDataFile(data_file, setting));
  return entry;
}

Result<FieldSummary> ReadSummary(const Row& row) {
  FieldSummary summary;
  const Datum* contains_null = row.Find(509);
  const bool* has_null =
      contains_null == nullptr ? nullptr : std::get_if<bool>(&contains_null->value);
  summary.contains_null = has_null == nullptr || *has_null;
  if (row.Find(510) != nullptr) summary.lower = TRY(row.Text(510));
  if (row.Find(511) != nullptr) summary.upper = TRY(row.Text(511));
  return summary;
}

/// The first partition field's bounds are dates; of others they are carried along.
Status ReadPartitions(const avro::Type& type, const Row& row, ManifestFile& manifest) {
  const Datum* partitions = row.Find(507);
  const Datums* items = partitions == nullptr ? nullptr : std::get_if<Datums>(&partitions->value);
  if (items == nullptr || items->empty()) return Status::OK();
  const avro::Type* list = type.fields[*type.IndexOf(507)].type.get();
  if (list->kind == avro::Kind::kUnion) list = list->branches.back().get();
  if (list->kind != avro::Kind::kArray) return Malformed("partitions is not a list");
  for (size_t i = 1; i < items->size(); ++i) {
    const Row field = TRY(Row::Of(*list->branches[0], (*items)[i]));
    FieldSummary summary = TRY(ReadSummary(field));
    manifest.fields.push_back(std::move(summary));
  }
  const Row summary = TRY(Row::Of(*list->branches[0], (*items)[0]));
  if (summary.Find(510) == nullptr || summary.Find(511) == nullptr) return Status::OK();
  const std::string lower = TRY(summary.Text(510));
  const std::string upper = TRY(summary.Text(511));
  const auto lower_date = BoundFromBinary(lower, LeafType::kInt);
  const auto upper_date = BoundFromBinary(upper, LeafType::kInt);
  if (!lower_date || !upper_date) return Status::OK();
  manifest.date_min = std::get<int32_t>(*lower_date);
  manifest.date_max = std::get<int32_t>(*upper_date);
  return Status::OK();
}

Result<ManifestFile> ReadManifestFile(const avro::Type& type, const Datum& record) {
  const Row row = TRY(Row::Of(type, record));
  ManifestFile manifest;
  manifest.path = TRY(row.Text(500));
  manifest.length = TRY(row.Long(501));
  manifest.partition_spec_id = TRY(row.Int(502));
  const int32_t content = TRY(row.Int(517));
  manifest.content = content == 0 ? ManifestContent::kData : ManifestContent::kDeletes;
  manifest.sequence_number = TRY(row.Long(515));
  manifest.min_sequence_number = TRY(row.Long(516));
  manifest.added_snapshot_id = TRY(row.Long(503));
  manifest.added_files = TRY(row.Int(504));
  manifest.existing_files = TRY(row.Int(505));
  manifest.deleted_files = TRY(row.Int(506));
  manifest.added_rows = TRY(row.Long(512));
  manifest.existing_rows = TRY(row.Long(513));
  manifest.deleted_rows = TRY(row.Long(514));
  TRY(ReadPartitions(type, row, manifest));
  return manifest;
}

}  // namespace

Result<std::optional<Bound>> PartitionValue(const Datum& datum, const PartitionField& field,
                                            const LeafTypes& leaf_types) {
  if (datum.is_null()) return std::optional<Bound>();
  const LeafType type = PartitionValueType(field, leaf_types);
  if (const int64_t* number = std::get_if<int64_t>(&datum.value)) {
    if (type == LeafType::kLong) return std::optional<Bound>(*number);
    const int32_t narrow = TRY(Row::Narrow(*number, field.field_id));
    return std::optional<Bound>(narrow);
  }
  const bool* flag = std::get_if<bool>(&datum.value);
  if (flag != nullptr) return std::optional<Bound>(*flag);
  const std::string* text = std::get_if<std::string>(&datum.value);
  if (text != nullptr) return std::optional<Bound>(*text);
  return Malformed(fmt::format("partition field {} is of another type", field.name));
}

Result<std::vector<ManifestEntry>> ReadManifest(std::string_view bytes, const ManifestFile& listed,
                                                const ManifestSetting& setting) {
  const avro::File file = TRY(avro::ReadFile(bytes));
  std::vector<ManifestEntry> entries;
  entries.reserve(file.records.size());
  for (const Datum& record : file.records) {
    const Row row = TRY(Row::Of(*file.schema, record));
    ManifestEntry entry = TRY(ReadEntry(row, listed, setting));
    entries.push_back(std::move(entry));
  }
  return entries;
}

Status ForEachEntry(std::string_view bytes, const ManifestFile& listed,
                    const ManifestSetting& setting,
                    const std::function<bool(const ManifestEntry&)>& on_entry) {
  const avro::RawFile file = TRY(avro::ReadRawFile(bytes));
  for (const std::string_view encoded : file.records) {
    const Datum record = TRY(avro::DecodeValue(*file.schema, encoded));
    const Row row = TRY(Row::Of(*file.schema, record));
    const ManifestEntry entry = TRY(ReadEntry(row, listed, setting));
    if (!on_entry(entry)) break;
  }
  return Status::OK();
}

Result<std::vector<ManifestFile>> ReadManifestList(std::string_view bytes) {
  const avro::File file = TRY(avro::ReadFile(bytes));
  std::vector<ManifestFile> manifests;
  for (const Datum& record : file.records) {
    ManifestFile manifest = TRY(ReadManifestFile(*file.schema, record));
    manifests.push_back(std::move(manifest));
  }
  return manifests;
}

}  // namespace weir::table::iceberg
