// SPDX-License-Identifier: Apache-2.0
#include "table/iceberg/manifest_merge.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <utility>

#include "table/iceberg/read_table.h"

namespace weir::table::iceberg {
namespace {

/// The one date of a manifest's files; none where it has several.
std::optional<int32_t> DateOf(const ManifestFile& manifest) {
  return manifest.date_min == manifest.date_max ? manifest.date_min : std::nullopt;
}

/// Manifests of different specs have different schemas.
using SpecAndDate = std::pair<int32_t, std::optional<int32_t>>;
SpecAndDate SpecAndDateOf(const ManifestFile& manifest) {
  return {manifest.partition_spec_id, DateOf(manifest)};
}

/// Merges manifests of one snapshot that is being planned.
class Merger {
 public:
  Merger(const store::Store& store, const TableState& state, const CommitNumbers& commit,
         std::vector<ManifestFile>& manifests)
      : store_(store), state_(state), commit_(commit), manifests_(manifests) {}

  bool MayMerge(const ManifestFile& manifest) const {
    return manifest.content == ManifestContent::kData && ManifestTier(manifest) < kManifestTierMax;
  }

  /// Where sixteen of a tier have the same date, or all of them several.
  Status MergeFullTiers() {
    for (int tier = 0; tier < kManifestTierMax; ++tier) {
      std::map<SpecAndDate, int64_t> counts;
      const auto is_of_tier = [&](const ManifestFile& manifest) {
        return MayMerge(manifest) && ManifestTier(manifest) == tier;
      };
      for (const ManifestFile& manifest : manifests_) {
        if (is_of_tier(manifest)) ++counts[SpecAndDateOf(manifest)];
      }
      for (const auto& [spec_and_date, count] : counts) {
        if (count < kManifestFanout) continue;
        const SpecAndDate wanted = spec_and_date;
        TRY(Merge([&](const ManifestFile& manifest) {
          return is_of_tier(manifest) && SpecAndDateOf(manifest) == wanted;
        }));
      }
    }
    return Status::OK();
  }

  /// Of the oldest date with several manifests that no late commit came to.
  Status MergeOneQuietDate() {
    struct Seen {
      int64_t manifests = 0, files = 0, newest = 0;
    };
    std::map<SpecAndDate, Seen> dates;
    for (const ManifestFile& manifest : manifests_) {
      if (!MayMerge(manifest) || !DateOf(manifest)) continue;
      Seen& seen = dates[SpecAndDateOf(manifest)];
      ++seen.manifests;
      seen.files += manifest.live_files();
      seen.newest = std::max(seen.newest, manifest.sequence_number);
    }
    for (const auto& [date, seen] : dates) {
      const bool is_quiet = commit_.sequence_number - seen.newest > kQuietCommits;
      if (!is_quiet || seen.manifests < 2 || seen.files > kQuietFilesMax) continue;
      const SpecAndDate wanted = date;
      return Merge([&](const ManifestFile& manifest) {
        return MayMerge(manifest) && SpecAndDateOf(manifest) == wanted;
      });
    }
    return Status::OK();
  }

 private:
  // Their entries are read and written within one commit.
  static constexpr int64_t kQuietFilesMax = kManifestFanout * kManifestFanout * kManifestFanout;

  template <typename Predicate>
  Status Merge(Predicate is_part) {
    std::map<int32_t, std::vector<ManifestEntry>> by_date;
    for (const ManifestFile& part : manifests_) {
      if (!is_part(part)) continue;
      const ManifestEntries loaded = TRY(LoadEntriesToCopy(store_, state_, part));
      for (const ManifestEntry& entry : *loaded) {
        if (IsCarried(entry)) by_date[entry.file.date].push_back(Carry(entry));
      }
    }
    std::erase_if(manifests_, is_part);
    Split(std::move(by_date));
    return Status::OK();
  }

  /// What this commit does stays as it is, older additions exist, older deletions are forgotten.
  bool IsOfThisCommit(const ManifestEntry& entry) const {
    return entry.snapshot_id == commit_.snapshot_id && entry.status != EntryStatus::kExisting;
  }
  bool IsCarried(const ManifestEntry& entry) const {
    return IsOfThisCommit(entry) || entry.is_live();
  }
  ManifestEntry Carry(ManifestEntry entry) const {
    if (!IsOfThisCommit(entry)) entry.status = EntryStatus::kExisting;
    return entry;
  }

  /// One manifest for each date that has many files, one for all other dates.
  void Split(std::map<int32_t, std::vector<ManifestEntry>> by_date) {
    std::vector<ManifestEntry> others;
    const bool is_one = by_date.size() == 1;
    for (auto& [date, entries] : by_date) {
      if (is_one || HasManifest(entries.size())) {
        Add(std::move(entries));
      } else {
        std::ranges::move(entries, std::back_inserter(others));
      }
    }
    if (!others.empty()) Add(std::move(others));
  }

  /// Whether so many files of a date are enough for a manifest of their own.
  bool HasManifest(size_t files) const {
    int64_t live = 0;
    for (const ManifestFile& manifest : manifests_) live += manifest.live_files();
    return std::cmp_greater_equal(files, std::max(kManifestFanout, live / kOwnManifestsMax));
  }

  void Add(std::vector<ManifestEntry> entries) {
    manifests_.push_back(
        Describe(std::make_shared<const std::vector<ManifestEntry>>(std::move(entries)),
                 commit_.sequence_number, commit_.snapshot_id));
  }

  const store::Store& store_;
  const TableState& state_;
  const CommitNumbers& commit_;
  std::vector<ManifestFile>& manifests_;
};

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
  Merger merger(store, state, commit, manifests);
  TRY(merger.MergeFullTiers());
  TRY(merger.MergeOneQuietDate());
  return manifests;
}

}  // namespace weir::table::iceberg
