// SPDX-License-Identifier: Apache-2.0
#include "table/append/proposed_append.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "table/iceberg/read_table.h"

namespace weir::table::iceberg {
namespace {

using datafile::DataFile;

constexpr size_t kAddedFilesMax = 10'000;
// 16^3 files of a wide table take some MB.
constexpr int64_t kManifestBytesMax = 64 << 20;

template <typename... Args>
Status Refused(fmt::format_string<Args...> reason, Args&&... args) {
  return Error(ErrorKind::kBadRequest, fmt::format(reason, std::forward<Args>(args)...));
}

/// `file:/a` as Hadoop writes `file:///a`.
std::string WithAuthority(std::string_view uri) {
  constexpr std::string_view kShort = "file:/";
  const bool is_short = uri.starts_with(kShort) && !uri.substr(kShort.size()).starts_with('/');
  return is_short ? fmt::format("file:///{}", uri.substr(kShort.size())) : std::string(uri);
}

/// Whether no part of the path means another folder than it says.
bool IsPlainPath(std::string_view path) {
  while (true) {
    const size_t end = path.find('/');
    const std::string_view part = path.substr(0, end);
    if (part.empty() || part == "." || part == ".." || part.find('\0') != part.npos) return false;
    if (end == path.npos) return true;
    path.remove_prefix(end + 1);
  }
}

/// `uri` relative to the table, where it lies in one of its folders. Errors: kBadRequest.
Result<std::string> PathIn(const Location& location, std::string_view folder,
                           std::string_view uri) {
  std::string path = location.Relative(WithAuthority(uri));
  if (path.starts_with(folder) && IsPlainPath(path)) return path;
  return Refused("{} lies outside {}/{}, where all files of this table are", uri, location.uri,
                 folder);
}

/// Reads one proposed snapshot. Lives for one call.
class Reader {
 public:
  Reader(const store::Store& store, const TableState& state, const ProposedSnapshot& proposed)
      : store_(store), state_(state), proposed_(proposed) {}

  Result<ProposedAppend> Read() {
    TRY(ReadParent());
    const std::vector<ManifestFile> listed = TRY(ReadList());
    std::set<std::string> seen;
    for (const ManifestFile& manifest : listed) {
      if (!seen.insert(manifest.path).second) {
        return Refused("the manifest list names {} twice", manifest.path);
      }
      const auto known = parent_.find(manifest.path);
      if (known != parent_.end()) {
        parent_.erase(known);
        continue;
      }
      TRY(ReadNew(manifest));
    }
    TRY(CheckNothingIsMissing());
    if (append_.files.empty()) return Refused("the snapshot adds no file");
    return std::move(append_);
  }

 private:
  /// A commit on a version that was dropped meanwhile is to be made anew.
  static Status AsConflict(const Status& status, std::string_view what) {
    if (KindOf(status) != ErrorKind::kNotFound) return status;
    return Error(ErrorKind::kConflict, fmt::format("{} is not kept any more: load the table and "
                                                   "append again",
                                                   what));
  }

  Status ReadParent() {
    if (!proposed_.parent_snapshot_id) return Status::OK();
    const std::string what = fmt::format("the parent snapshot {}", *proposed_.parent_snapshot_id);
    const Snapshot* parent = state_.metadata.SnapshotOf(*proposed_.parent_snapshot_id);
    if (parent == nullptr) return AsConflict(Error(ErrorKind::kNotFound, ""), what);
    auto manifests = LoadManifestList(store_, state_.location, *parent);
    if (!manifests.ok()) return AsConflict(manifests.status(), what);
    for (ManifestFile& manifest : *manifests) {
      const std::string path = manifest.path;
      parent_.emplace(path, std::move(manifest));
    }
    return Status::OK();
  }

  /// The bytes of a metadata file of the engine's, noted as such by `note`.
  Result<std::string> ReadMetadata(std::string_view uri, std::string& path) {
    path = TRY(PathIn(state_.location, "metadata/", uri));
    const std::string in_store = state_.location.root + "/" + path;
    const auto bytes = TRY(store_.Head(in_store));
    if (!bytes) return Refused("{} is not there", uri);
    if (*bytes > kManifestBytesMax) {
      return Refused("{} has {} bytes, at most {} are read", uri, *bytes, kManifestBytesMax);
    }
    return store_.Read(in_store);
  }

  Result<std::vector<ManifestFile>> ReadList() {
    for (const Snapshot& snapshot : state_.metadata.snapshots) {
      if (snapshot.manifest_list == WithAuthority(proposed_.manifest_list)) {
        return Refused("{} is the manifest list of snapshot {}", proposed_.manifest_list,
                       snapshot.snapshot_id);
      }
    }
    std::string path;
    const std::string bytes = TRY(ReadMetadata(proposed_.manifest_list, path));
    append_.metadata_files.push_back(path);
    auto listed = ReadManifestList(bytes);
    if (!listed.ok()) return Refused("{}: {}", proposed_.manifest_list, listed.status().message());
    for (ManifestFile& manifest : *listed) manifest.path = WithAuthority(manifest.path);
    return listed;
  }

  Status ReadNew(const ManifestFile& manifest) {
    if (manifest.content != ManifestContent::kData) {
      return Refused(
          "the snapshot has row-level deletes ({}); rows of this table go by retention "
          "and `weir maintain forget` alone",
          manifest.path);
    }
    std::string path;
    const std::string bytes = TRY(ReadMetadata(manifest.path, path));
    const ManifestSetting setting = TRY(SettingOf(state_, manifest.partition_spec_id));
    if (manifest.partition_spec_id != state_.metadata.default_spec_id) {
      return Refused("manifest {} is of partition spec {}, the table's is {}", manifest.path,
                     manifest.partition_spec_id, state_.metadata.default_spec_id);
    }
    const auto entries = ReadManifest(bytes, manifest, setting);
    if (!entries.ok()) return Refused("{}: {}", manifest.path, entries.status().message());
    bool is_of_added_files = !entries->empty();
    for (const ManifestEntry& entry : *entries) {
      TRY(Take(entry));
      is_of_added_files = is_of_added_files && entry.status == EntryStatus::kAdded;
    }
    // Others are merged out of what the table has: which of them are nobody's is not certain here.
    if (is_of_added_files) append_.metadata_files.push_back(path);
    return Status::OK();
  }

  Status Take(const ManifestEntry& entry) {
    const bool is_of_this = entry.snapshot_id == proposed_.snapshot_id;
    if (entry.status == EntryStatus::kExisting) {
      const std::string path = TRY(PathIn(state_.location, "data/", entry.file.path));
      if (!carried_.insert(path).second) return Refused("file {} is in the snapshot twice", path);
      return Status::OK();
    }
    if (entry.status == EntryStatus::kDeleted) {
      if (!is_of_this) return Status::OK();  // An older snapshot's story.
      return Refused("the snapshot removes file {}", entry.file.path);
    }
    if (!is_of_this) {
      return Refused("file {} was added by snapshot {}, not by {}", entry.file.path,
                     entry.snapshot_id, proposed_.snapshot_id);
    }
    if (append_.files.size() == kAddedFilesMax) {
      return Refused("the snapshot adds more than {} files: append them in several commits",
                     kAddedFilesMax);
    }
    DataFile file = entry.file;
    file.path = TRY(PathIn(state_.location, "data/", entry.file.path));
    if (file.path.starts_with("data/_delta_log/")) {
      return Refused("{} lies in the Delta log", file.path);
    }
    if (!added_.insert(file.path).second) return Refused("file {} is added twice", file.path);
    append_.files.push_back(std::move(file));
    return Status::OK();
  }

  /// What the parent's other manifests list must be in the new ones: engines merge manifests.
  Status CheckNothingIsMissing() {
    std::set<std::string> live;
    for (const auto& [path, manifest] : parent_) {
      if (manifest.content == ManifestContent::kDeletes) {
        return Refused("the snapshot leaves out the deletes of {}", path);
      }
      if (manifest.live_files() == 0) continue;
      const auto entries = LoadEntries(store_, state_, manifest);
      if (!entries.ok()) return AsConflict(entries.status(), "manifest " + path);
      for (const ManifestEntry& entry : **entries) {
        if (entry.is_live()) live.insert(entry.file.path);
      }
    }
    if (live == carried_) return Status::OK();
    std::vector<std::string> missing;
    std::ranges::set_difference(live, carried_, std::back_inserter(missing));
    if (!missing.empty()) {
      return Refused("the snapshot removes {} of its parent's files ({})", missing.size(),
                     missing.front());
    }
    return Refused("the snapshot lists files as its parent's that are not");
  }

  const store::Store& store_;
  const TableState& state_;
  const ProposedSnapshot& proposed_;
  std::map<std::string, ManifestFile> parent_;  // By URI; those that are not listed again.
  std::set<std::string> carried_, added_;       // Paths of files.
  ProposedAppend append_;
};

}  // namespace

Result<ProposedAppend> ReadProposedAppend(const store::Store& store, const TableState& state,
                                          const ProposedSnapshot& proposed) {
  return Reader(store, state, proposed).Read();
}

Result<std::optional<LiveFile>> FindLive(const store::Store& store, const TableState& state,
                                         const std::vector<DataFile>& files) {
  std::set<std::string> paths;
  std::set<int32_t> dates;
  for (const DataFile& file : files) {
    paths.insert(file.path);
    dates.insert(file.date);
  }
  for (const ManifestFile& manifest : state.manifests) {
    if (manifest.content != ManifestContent::kData || manifest.live_files() == 0) continue;
    const auto first = manifest.date_min ? dates.lower_bound(*manifest.date_min) : dates.begin();
    if (first == dates.end() || (manifest.date_max && *first > *manifest.date_max)) continue;
    const ManifestEntries entries = TRY(LoadEntries(store, state, manifest));
    for (const ManifestEntry& entry : *entries) {
      if (!entry.is_live() || !paths.contains(entry.file.path)) continue;
      return LiveFile{.path = entry.file.path, .snapshot_id = entry.snapshot_id};
    }
  }
  return std::optional<LiveFile>();
}

}  // namespace weir::table::iceberg
