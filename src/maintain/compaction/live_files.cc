// SPDX-License-Identifier: Apache-2.0
#include "maintain/compaction/live_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <variant>

#include "maintain/iceberg_side.h"

namespace weir::maintain {
namespace {

namespace iceberg = table::iceberg;

/// When its earliest row was: the least value of the order's last column.
int64_t SinceOf(const datafile::DataFile& file, const iceberg::FileLayout& layout) {
  if (layout.sort_field_ids.empty()) return 0;
  const auto found = file.statistics.find(layout.sort_field_ids.back());
  if (found == file.statistics.end() || !found->second.lower) return 0;
  const auto* since = std::get_if<int64_t>(&*found->second.lower);
  return since == nullptr ? 0 : *since;
}

LiveFile LiveFileOf(const iceberg::ManifestEntry& entry, const iceberg::FileLayout& layout) {
  return {.path = entry.file.path,
          .date = entry.file.date,
          .bytes = entry.file.file_bytes,
          .rows = entry.file.record_count,
          .version = entry.file_sequence_number,
          .since = SinceOf(entry.file, layout),
          .is_fresh = layout.sort_order_id == iceberg::kCompactedOrderId &&
                      entry.sort_order_id == iceberg::kFreshOrderId};
}

}  // namespace

Result<std::vector<LiveFile>> LiveFiles::List(const store::Store& store,
                                              const iceberg::TableState& state,
                                              const iceberg::FileLayout& layout) {
  // Kept from the last snapshot where they are in this one too, so that the map never outgrows it.
  std::map<std::string, std::vector<LiveFile>> manifests;
  if (layout.sort_order_id != sort_order_id_) manifests_.clear();
  std::vector<LiveFile> all;
  for (const iceberg::ManifestFile& manifest : state.manifests) {
    if (manifest.content != iceberg::ManifestContent::kData) continue;
    std::vector<LiveFile>& files = manifests[manifest.path];
    if (const auto known = manifests_.find(manifest.path); known != manifests_.end()) {
      files = std::move(known->second);
    } else {
      TRY(ForEachEntry(store, state, manifest, [&](const iceberg::ManifestEntry& entry) {
        if (entry.is_live()) files.push_back(LiveFileOf(entry, layout));
        return true;
      }));
    }
    all.insert(all.end(), files.begin(), files.end());
  }
  manifests_ = std::move(manifests);
  sort_order_id_ = layout.sort_order_id;
  return all;
}

Result<std::vector<datafile::DataFile>> LiveFiles::FactsOf(
    const store::Store& store, const iceberg::TableState& state,
    const std::vector<LiveFile>& files) const {
  std::map<std::string, datafile::DataFile> found;
  for (const LiveFile& file : files) found[file.path];
  for (const iceberg::ManifestFile& manifest : state.manifests) {
    const auto known = manifests_.find(manifest.path);
    const bool has_some =
        known != manifests_.end() && std::ranges::any_of(known->second, [&](const LiveFile& file) {
          return found.contains(file.path);
        });
    if (!has_some) continue;
    TRY(ForEachEntry(store, state, manifest, [&](const iceberg::ManifestEntry& entry) {
      const auto wanted = entry.is_live() ? found.find(entry.file.path) : found.end();
      if (wanted != found.end()) wanted->second = entry.file;
      return true;
    }));
  }
  std::vector<datafile::DataFile> facts;
  for (const LiveFile& file : files) facts.push_back(std::move(found[file.path]));
  return facts;
}

}  // namespace weir::maintain
