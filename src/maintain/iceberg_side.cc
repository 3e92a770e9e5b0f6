// SPDX-License-Identifier: Apache-2.0
#include "maintain/iceberg_side.h"

#include <fmt/format.h>

#include "maintain/lake.h"
#include "table/iceberg/manifest_avro.h"
#include "table/iceberg/read_table.h"

namespace weir::maintain {
namespace {

namespace iceberg = table::iceberg;

void Expect(bool is_so, Finding finding, Findings& findings) {
  if (!is_so) findings.Add(std::move(finding));
}

/// What the catalog says against what the metadata file says.
void CheckAgainstCatalog(const catalog::TableEntry& entry, const iceberg::TableState& state,
                         Findings& findings) {
  const iceberg::Metadata& metadata = state.metadata;
  const std::string file = InTable(state.metadata_path, state.location.root);
  const auto expect = [&](Check check, const auto& found, const auto& expected) {
    Expect(found == expected,
           {check, Format::kIceberg, file, fmt::format("{}", found),
            fmt::format("{}, as the catalog says", expected)},
           findings);
  };
  expect(Check::kTableUuid, metadata.table_uuid, entry.uuid);
  expect(Check::kLocation, metadata.location, entry.location);
  expect(Check::kSnapshotId, metadata.current_snapshot_id.value_or(0), entry.snapshot_id);
  const iceberg::Snapshot* snapshot = metadata.CurrentSnapshot();
  expect(Check::kSequenceNumber, snapshot == nullptr ? 0 : snapshot->sequence_number,
         entry.delta_version);
}

/// Adds up entries as a manifest list does.
struct Counts {
  int64_t added_files = 0, existing_files = 0, deleted_files = 0;
  int64_t added_rows = 0, existing_rows = 0, deleted_rows = 0;

  bool operator==(const Counts&) const = default;

  void Add(const iceberg::ManifestEntry& entry) {
    const int64_t rows = entry.file.record_count;
    switch (entry.status) {
      case iceberg::EntryStatus::kAdded: ++added_files, added_rows += rows; break;
      case iceberg::EntryStatus::kExisting: ++existing_files, existing_rows += rows; break;
      case iceberg::EntryStatus::kDeleted: ++deleted_files, deleted_rows += rows; break;
    }
  }
  static Counts Of(const iceberg::ManifestFile& manifest) {
    return {manifest.added_files, manifest.existing_files, manifest.deleted_files,
            manifest.added_rows,  manifest.existing_rows,  manifest.deleted_rows};
  }
  std::string ToString() const {
    return fmt::format("{} files of {} rows added, {} of {} existing, {} of {} deleted",
                       added_files, added_rows, existing_files, existing_rows, deleted_files,
                       deleted_rows);
  }
};

struct Totals {
  int64_t files = 0, rows = 0, bytes = 0;

  bool operator==(const Totals&) const = default;
  std::string ToString() const {
    return fmt::format("{} files, {} rows, {} bytes", files, rows, bytes);
  }
};

}  // namespace

std::optional<iceberg::TableState> ReadIcebergSide(const store::Store& store,
                                                   const catalog::TableEntry& entry,
                                                   Findings& findings) {
  const auto path = StorePath(store, entry.metadata_location);
  if (!path) {
    findings.Add({Check::kLocation, Format::kCatalog, entry.metadata_location,
                  entry.metadata_location, "a place below " + store.Uri("")});
    return std::nullopt;
  }
  auto state = iceberg::ReadTableMetadata(store, *path);
  if (!state.ok()) {
    const size_t folder = path->rfind("metadata/");
    findings.Add({Check::kMetadataUnreadable, Format::kIceberg,
                  folder == std::string::npos ? *path : path->substr(folder),
                  state.status().message(), "a metadata file of format 2"});
    return std::nullopt;
  }
  CheckAgainstCatalog(entry, *state, findings);
  const iceberg::Snapshot* snapshot = state->metadata.CurrentSnapshot();
  if (snapshot == nullptr) return *std::move(state);
  auto manifests = iceberg::LoadManifestList(store, state->location, *snapshot);
  if (!manifests.ok()) {
    findings.Add({Check::kManifestListUnreadable, Format::kIceberg,
                  state->location.Relative(snapshot->manifest_list), manifests.status().message(),
                  "the manifest list of snapshot " + std::to_string(snapshot->snapshot_id)});
    return std::nullopt;
  }
  state->manifests = *std::move(manifests);
  return *std::move(state);
}

Status ForEachEntry(const store::Store& store, const iceberg::TableState& state,
                    const iceberg::ManifestFile& manifest,
                    const std::function<bool(const iceberg::ManifestEntry&)>& on_entry) {
  if (manifest.content != iceberg::ManifestContent::kData) {
    return Error(ErrorKind::kBadRequest, "delete files, of which Delta's side knows nothing");
  }
  const std::string path = state.location.StorePath(manifest.path);
  if (path.empty()) return Error(ErrorKind::kBadRequest, "it lies outside the table");
  const auto setting = TRY(iceberg::SettingOf(state, manifest.partition_spec_id));
  const std::string bytes = TRY(store.Read(path));
  return iceberg::ForEachEntry(bytes, manifest, setting, on_entry);
}

bool ForEachLiveFile(const store::Store& store, const iceberg::TableState& state,
                     Findings& findings,
                     const std::function<void(const datafile::DataFile&)>& on_file) {
  bool is_complete = true;
  Totals totals;
  for (const iceberg::ManifestFile& manifest : state.manifests) {
    Counts counts;
    const Status read =
        ForEachEntry(store, state, manifest, [&](const iceberg::ManifestEntry& entry) {
          counts.Add(entry);
          if (!entry.is_live()) return true;
          ++totals.files;
          totals.rows += entry.file.record_count;
          totals.bytes += entry.file.file_bytes;
          on_file(entry.file);
          return true;
        });
    const std::string file = state.location.Relative(manifest.path);
    if (!read.ok()) {
      is_complete = false;
      findings.Add({Check::kManifestUnreadable, Format::kIceberg, file, read.message(),
                    Counts::Of(manifest).ToString()});
      continue;
    }
    const auto length = store.Head(state.location.StorePath(manifest.path));
    if (length.ok() && *length && **length != manifest.length) {
      findings.Add({Check::kManifestLength, Format::kIceberg, file,
                    fmt::format("{} bytes", **length), fmt::format("{} bytes", manifest.length)});
    }
    Expect(counts == Counts::Of(manifest),
           {Check::kManifestCounts, Format::kIceberg, file, counts.ToString(),
            Counts::Of(manifest).ToString() + ", as the manifest list says"},
           findings);
  }
  const iceberg::Snapshot* snapshot = state.metadata.CurrentSnapshot();
  if (snapshot == nullptr || !is_complete) return is_complete;
  const iceberg::Summary& summary = snapshot->summary;
  const Totals listed{summary.total_files, summary.total_records, summary.total_bytes};
  Expect(
      totals == listed,
      {Check::kSnapshotTotals, Format::kIceberg, InTable(state.metadata_path, state.location.root),
       totals.ToString(), listed.ToString() + ", as the snapshot's summary says"},
      findings);
  return true;
}

Result<iceberg::SchemaFields> FieldsOfAllSchemas(const iceberg::Metadata& metadata) {
  iceberg::SchemaFields all;
  for (const iceberg::Schema& schema : metadata.schemas) {
    const auto fields = TRY(iceberg::SchemaFieldsOf(schema));
    for (const auto& [id, field] : fields) all[id] = field;
  }
  const auto current = TRY(iceberg::SchemaFieldsOf(*metadata.CurrentSchema()));
  for (auto& [id, field] : all) {
    const auto found = current.find(id);
    // A column that a later schema dropped is in older files only.
    if (found == current.end()) {
      field.is_required = false;
    } else {
      field = found->second;
    }
  }
  return all;
}

}  // namespace weir::maintain
