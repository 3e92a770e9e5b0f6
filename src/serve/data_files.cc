// SPDX-License-Identifier: Apache-2.0
#include "serve/data_files.h"

#include <fmt/format.h>

#include "table/iceberg/manifest_avro.h"
#include "table/iceberg/metadata_json.h"

namespace weir::serve {
namespace {

namespace iceberg = table::iceberg;

Result<iceberg::Metadata> MetadataOf(const TableDocument& document) {
  auto metadata = TRY(iceberg::MetadataFromJson(document.metadata));
  if (metadata.CurrentSchema() != nullptr && metadata.DefaultSpec() != nullptr) return metadata;
  return Error(ErrorKind::kInternal, fmt::format("{} lacks its current schema or partition spec",
                                                 document.entry.metadata_location));
}

Result<std::string> ReadObject(const TableSource& tables, const std::string& uri) {
  const std::string path = TRY(tables.PathOf(uri));
  return tables.store().Read(path);
}

}  // namespace

Result<DataFiles> ListDataFiles(const TableSource& tables, const TableDocument& document,
                                size_t count_max) {
  const auto metadata = TRY(MetadataOf(document));
  DataFiles found;
  const iceberg::Snapshot* snapshot = metadata.CurrentSnapshot();
  if (snapshot == nullptr) return found;
  const std::string root = TRY(tables.PathOf(metadata.location));
  const iceberg::Location location{.uri = metadata.location, .root = root};
  const auto leaf_types = TRY(iceberg::LeafTypesOf(*metadata.CurrentSchema()));
  const iceberg::ManifestSetting setting{.location = location,
                                         .schema = *metadata.CurrentSchema(),
                                         .spec = *metadata.DefaultSpec(),
                                         .leaf_types = leaf_types};
  const std::string list = TRY(ReadObject(tables, snapshot->manifest_list));
  const auto manifests = TRY(iceberg::ReadManifestList(list));
  for (const auto& manifest : manifests) {
    const std::string bytes = TRY(ReadObject(tables, manifest.path));
    const auto entries = TRY(iceberg::ReadManifest(bytes, manifest, setting));
    for (const auto& entry : entries) {
      if (!entry.is_live()) continue;
      if (found.files.size() == count_max) {
        found.is_complete = false;
        return found;
      }
      found.files.push_back(entry.file);
    }
  }
  return found;
}

}  // namespace weir::serve
