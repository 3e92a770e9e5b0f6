// SPDX-License-Identifier: Apache-2.0
#include "table/iceberg/manifest_merge.h"

#include <algorithm>
#include <utility>

#include "table/iceberg/read_table.h"

namespace weir::table::iceberg {
namespace {

/// What of an older manifest goes into a new one: what this commit does stays as it is, older
/// additions exist, older deletions are forgotten.
void Carry(const ManifestEntry& entry, const CommitNumbers& commit,
           std::vector<ManifestEntry>& out) {
  const bool is_of_this_commit =
      entry.snapshot_id == commit.snapshot_id && entry.status != EntryStatus::kExisting;
  if (!is_of_this_commit && !entry.is_live()) return;
  out.push_back(entry);
  if (!is_of_this_commit) out.back().status = EntryStatus::kExisting;
}

Result<ManifestFile> MergeOne(const store::Store& store, const TableState& state,
                              const std::vector<ManifestFile>& parts, const CommitNumbers& commit) {
  auto merged = std::make_shared<std::vector<ManifestEntry>>();
  for (const ManifestFile& part : parts) {
    const ManifestEntries entries = TRY(LoadEntriesToCopy(store, state, part));
    for (const ManifestEntry& entry : *entries) Carry(entry, commit, *merged);
  }
  ManifestFile manifest = Describe(std::move(merged), commit.sequence_number, commit.snapshot_id);
  manifest.partition_spec_id = state.metadata.default_spec_id;
  return manifest;
}

}  // namespace

int ManifestTier(const ManifestFile& manifest) {
  int tier = 0;
  for (int64_t files = manifest.live_files(); files >= kManifestFanout; files /= kManifestFanout) {
    ++tier;
  }
  return tier;
}

Result<std::vector<ManifestFile>> MergeManifests(const store::Store& store, const TableState& state,
                                                 std::vector<ManifestFile> manifests,
                                                 const CommitNumbers& commit) {
  for (int tier = 0; tier < kManifestTierMax; ++tier) {
    const auto is_of_tier = [&](const ManifestFile& manifest) {
      return manifest.content == ManifestContent::kData && ManifestTier(manifest) == tier &&
             manifest.partition_spec_id == state.metadata.default_spec_id;
    };
    if (std::ranges::count_if(manifests, is_of_tier) < kManifestFanout) continue;
    std::vector<ManifestFile> parts;
    std::ranges::copy_if(manifests, std::back_inserter(parts), is_of_tier);
    ManifestFile merged = TRY(MergeOne(store, state, parts, commit));
    std::erase_if(manifests, is_of_tier);
    manifests.push_back(std::move(merged));
  }
  return manifests;
}

}  // namespace weir::table::iceberg
