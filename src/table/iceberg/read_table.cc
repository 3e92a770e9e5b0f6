// SPDX-License-Identifier: Apache-2.0
#include "table/iceberg/read_table.h"

#include <fmt/format.h>

#include <charconv>

#include "base/compression.h"
#include "table/iceberg/metadata_json.h"

namespace weir::table::iceberg {
namespace {

// 256 MiB: a hundred times what 600 snapshots of a wide table take.
constexpr size_t kMetadataBytesMax = 256 << 20;

Result<std::string> ReadObject(const store::Store& store, const Location& location,
                               const std::string& uri) {
  const std::string path = location.StorePath(uri);
  if (path.empty()) {
    return Error(ErrorKind::kBadRequest,
                 fmt::format("read {}: it lies outside the table {}", uri, location.uri));
  }
  return store.Read(path);
}

Status Within(std::string_view path, const Status& status) {
  return Error(KindOf(status), fmt::format("{}: {}", path, status.message()));
}

Result<std::string> ReadMetadataText(const store::Store& store, std::string_view path) {
  std::string bytes = TRY(store.Read(path));
  const bool is_gzip = bytes.starts_with("\x1f\x8b");
  return Decompress(is_gzip ? Compression::kGzip : Compression::kNone, bytes, kMetadataBytesMax);
}

/// The number that the file's name starts with; 0 in a foreign name.
int64_t VersionOf(std::string_view file_name) {
  int64_t version = 0;
  std::from_chars(file_name.data(), file_name.data() + file_name.size(), version);
  return version;
}

Result<ManifestEntries> LoadBy(decltype(&ReadManifest) read, const store::Store& store,
                               const TableState& state, const ManifestFile& manifest) {
  if (manifest.entries != nullptr) return manifest.entries;
  const ManifestSetting setting = TRY(SettingOf(state, manifest.partition_spec_id));
  const std::string bytes = TRY(ReadObject(store, state.location, manifest.path));
  auto entries = read(bytes, manifest, setting);
  if (!entries.ok()) return Within(manifest.path, entries.status());
  return std::make_shared<const std::vector<ManifestEntry>>(std::move(entries).ValueUnsafe());
}

}  // namespace

Result<TableState> ReadTableMetadata(const store::Store& store, std::string_view metadata_path) {
  constexpr std::string_view kFolder = "/metadata/";
  const size_t folder = metadata_path.rfind(kFolder);
  if (folder == std::string_view::npos) {
    return Error(ErrorKind::kBadRequest,
                 fmt::format("read table: {} is not in a folder metadata", metadata_path));
  }
  const std::string text = TRY(ReadMetadataText(store, metadata_path));
  auto metadata = MetadataFromJson(text);
  if (!metadata.ok()) return Within(metadata_path, metadata.status());
  TableState state;
  state.metadata = std::move(metadata).ValueUnsafe();
  state.location = {.uri = state.metadata.location,
                    .root = std::string(metadata_path.substr(0, folder))};
  state.metadata_path = metadata_path;
  state.metadata_version = VersionOf(metadata_path.substr(folder + kFolder.size()));
  const LeafTypes leaf_types = TRY(LeafTypesOf(*state.metadata.CurrentSchema()));
  state.leaf_types = std::make_shared<const LeafTypes>(leaf_types);
  return state;
}

Result<TableState> ReadTable(const store::Store& store, std::string_view metadata_path) {
  TableState state = TRY(ReadTableMetadata(store, metadata_path));
  if (const Snapshot* snapshot = state.metadata.CurrentSnapshot()) {
    state.manifests = TRY(LoadManifestList(store, state.location, *snapshot));
  }
  return state;
}

Result<std::vector<ManifestFile>> LoadManifestList(const store::Store& store,
                                                   const Location& location,
                                                   const Snapshot& snapshot) {
  const std::string bytes = TRY(ReadObject(store, location, snapshot.manifest_list));
  auto manifests = ReadManifestList(bytes);
  if (!manifests.ok()) return Within(snapshot.manifest_list, manifests.status());
  return manifests;
}

Result<ManifestEntries> LoadEntries(const store::Store& store, const TableState& state,
                                    const ManifestFile& manifest) {
  return LoadBy(ReadManifest, store, state, manifest);
}

Result<ManifestEntries> LoadEntriesToCopy(const store::Store& store, const TableState& state,
                                          const ManifestFile& manifest) {
  return LoadBy(ReadManifestToCopy, store, state, manifest);
}

Result<std::vector<datafile::DataFile>> ListFiles(const store::Store& store,
                                                  const TableState& state) {
  std::vector<datafile::DataFile> files;
  for (const ManifestFile& manifest : state.manifests) {
    if (manifest.content != ManifestContent::kData) continue;
    const ManifestEntries entries = TRY(LoadEntries(store, state, manifest));
    for (const ManifestEntry& entry : *entries) {
      if (entry.is_live()) files.push_back(entry.file);
    }
  }
  return files;
}

}  // namespace weir::table::iceberg
