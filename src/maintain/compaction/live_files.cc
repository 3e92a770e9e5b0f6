// SPDX-License-Identifier: Apache-2.0
#include "maintain/compaction/live_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <variant>

#include "maintain/iceberg_side.h"
#include "table/arrow_field.h"

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

int32_t IdOf(const datafile::AddedColumn& column) {
  return table::FieldIdOf(*column.field).ValueOr(0);
}

/// In an order that is not the one of compacted files. Joined files, which have none, stay.
bool IsInOtherOrder(const iceberg::ManifestEntry& entry, const iceberg::FileLayout& layout) {
  const int32_t order = entry.sort_order_id.value_or(0);
  return layout.sort_order_id > iceberg::kFreshOrderId && order != 0 &&
         order != layout.sort_order_id;
}

LiveFile LiveFileOf(const iceberg::ManifestEntry& entry, const iceberg::FileLayout& layout) {
  bool is_fresh = IsInOtherOrder(entry, layout);
  std::string columns;
  for (const datafile::AddedColumn& column : layout.shape.columns) {
    const bool has_it = entry.file.column_bytes.contains(IdOf(column));
    columns += has_it ? '1' : '0';
    is_fresh |= !has_it && column.source.has_value();
  }
  return {.path = entry.file.path,
          .partition = {entry.file.date, entry.file.spec_id, entry.file.partition},
          .bytes = entry.file.file_bytes,
          .rows = entry.file.record_count,
          .version = entry.file_sequence_number,
          .since = SinceOf(entry.file, layout),
          .is_fresh = is_fresh,
          .columns = std::move(columns)};
}

}  // namespace

Result<std::vector<LiveFile>> LiveFiles::List(const store::Store& store,
                                              const iceberg::TableState& state,
                                              const iceberg::FileLayout& layout) {
  // Kept from the last snapshot where they are in this one too, so that the map never outgrows it.
  std::map<std::string, std::vector<LiveFile>> manifests;
  const int32_t schema_id = state.metadata.current_schema_id;
  if (layout.sort_order_id != sort_order_id_ || schema_id != schema_id_) manifests_.clear();
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
  schema_id_ = schema_id;
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
