// SPDX-License-Identifier: Apache-2.0
#include "query/sql/manifest_cache.h"

#include "table/iceberg/read_table.h"

namespace weir::query::sql {

namespace iceberg = table::iceberg;

Result<LiveFiles> ManifestCache::Of(const store::Store& store, const iceberg::TableState& state,
                                    const iceberg::ManifestFile& manifest) {
  {
    auto kept = kept_.Lock();
    if (const auto found = kept->by_path.find(manifest.path); found != kept->by_path.end()) {
      kept->entries.splice(kept->entries.begin(), kept->entries, found->second);
      return found->second->second;
    }
  }
  const iceberg::ManifestEntries entries = TRY(iceberg::LoadEntries(store, state, manifest));
  auto files = std::make_shared<std::vector<datafile::DataFile>>();
  for (const iceberg::ManifestEntry& entry : *entries) {
    if (!entry.is_live()) continue;
    datafile::DataFile& file = files->emplace_back(entry.file);
    file.column_bytes.clear();
    file.split_offsets.clear();
  }
  auto kept = kept_.Lock();
  if (kept->by_path.contains(manifest.path)) return LiveFiles(std::move(files));
  kept->entries.emplace_front(manifest.path, files);
  kept->by_path[manifest.path] = kept->entries.begin();
  kept->file_count += files->size();
  while (kept->file_count > kFilesMax && !kept->entries.empty()) {
    const Entry& oldest = kept->entries.back();
    kept->file_count -= oldest.second->size();
    kept->by_path.erase(oldest.first);
    kept->entries.pop_back();
  }
  return LiveFiles(std::move(files));
}

}  // namespace weir::query::sql
