// SPDX-License-Identifier: Apache-2.0
#include "maintain/removal/orphans.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <set>
#include <string_view>

#include "base/fault_point.h"
#include "base/log.h"
#include "maintain/metrics.h"
#include "maintain/retained_files.h"
#include "table/delta/log_files.h"

namespace weir::maintain {
namespace {

constexpr size_t kUuidChars = 36, kVersionDigits = 20;

bool IsUuid(std::string_view text) {
  if (text.size() != kUuidChars) return false;
  return std::ranges::all_of(text, [](unsigned char c) { return std::isxdigit(c) || c == '-'; });
}

bool IsDigits(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](unsigned char c) { return std::isdigit(c); });
}

/// Takes `ending` off the end; false where it is not there.
bool TakeEnding(std::string_view& text, std::string_view ending) {
  if (!text.ends_with(ending)) return false;
  text.remove_suffix(ending.size());
  return true;
}

bool IsMetadataName(std::string_view name) {
  if (TakeEnding(name, ".gz.metadata.json")) {
    const size_t dash = name.find('-');
    return dash != name.npos && IsDigits(name.substr(0, dash)) && IsUuid(name.substr(dash + 1));
  }
  if (!TakeEnding(name, ".avro")) return false;
  if (name.starts_with("snap-")) {
    return name.size() > kUuidChars && IsUuid(name.substr(name.size() - kUuidChars));
  }
  const size_t mark = name.rfind("-m");
  return mark != name.npos && IsUuid(name.substr(0, mark)) && IsDigits(name.substr(mark + 2));
}

bool IsLogName(std::string_view name) {
  const bool is_log = TakeEnding(name, ".checkpoint.parquet") || TakeEnding(name, ".json");
  return is_log && name.size() == kVersionDigits && IsDigits(name);
}

/// The number that a metadata file's name begins with; 0 for other files.
int64_t MetadataVersion(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  int64_t version = 0;
  if (IsMetadataName(name) && name.ends_with(".json")) {
    std::from_chars(name.data(), name.data() + name.size(), version);
  }
  return version;
}

/// `path`: relative to the table.
bool IsOurs(std::string_view path) {
  constexpr std::string_view kMetadata = "metadata/", kLog = "data/_delta_log/",
                             kPartition = "data/date=";
  if (path.starts_with(kMetadata)) return IsMetadataName(path.substr(kMetadata.size()));
  if (path.starts_with(kLog)) return IsLogName(path.substr(kLog.size()));
  if (!path.starts_with(kPartition)) return false;
  std::string_view name = path.substr(path.rfind('/') + 1);
  return TakeEnding(name, ".parquet") && IsUuid(name);
}

/// One table. One thread.
class Finder {
 public:
  Finder(const Lake& lake, const catalog::TableEntry& entry, std::string root,
         const OrphanLimits& limits)
      : lake_(lake),
        entry_(entry),
        root_(std::move(root)),
        before_ms_(
            std::min(lake.clock.UnixMillis() - limits.grace.count(), limits.process_start_ms)) {}

  Result<std::vector<Orphan>> Run() {
    // First what is there, then what is named: a file that is committed in between is named.
    const auto paths = TRY(ListOld());
    TRY(CheckThatTheCatalogIsNotOlder());
    std::set<std::string> named = TRY(ListNamed());
    std::vector<Orphan> orphans;
    for (const Orphan& one : paths) {
      if (!named.contains(one.path)) orphans.push_back(one);
    }
    return orphans;
  }

 private:
  Result<std::vector<Orphan>> ListOld() const {
    std::vector<Orphan> old;
    for (const std::string folder : {"data", "metadata"}) {
      const auto paths = TRY(lake_.store.List(root_ + "/" + folder));
      for (const std::string& path : paths) {
        TRY(AddOld(path, IsOurs(InTable(path, root_)), old));
      }
      const auto unfinished = TRY(lake_.store.ListUnfinished(root_ + "/" + folder));
      for (const std::string& path : unfinished) TRY(AddOld(path, true, old));
    }
    return old;
  }

  /// A catalog that was restored from a backup names less than there is. Of versions beyond its
  /// own, a kill leaves one metadata file at most, and no entry of a log.
  Status CheckThatTheCatalogIsNotOlder() const {
    const catalog::TableEntry now = TRY(lake_.catalog.Load(entry_.name));
    const auto log = TRY(table::delta::ListLog(lake_.store, root_));
    int64_t newest = log.entries.empty() ? 0 : log.entries.back();
    int64_t known = now.delta_version;
    if (newest <= known) {
      const auto metadata = TRY(lake_.store.List(root_ + "/metadata"));
      for (const std::string& path : metadata) newest = std::max(newest, MetadataVersion(path));
      known = MetadataVersion(now.metadata_location) + 1;
    }
    if (newest <= known) return Status::OK();
    return Error(ErrorKind::kConflict,
                 fmt::format("{}: there are files of version {}, the catalog knows {}: it seems to "
                             "be from an older backup, so nothing is deleted for not being named",
                             entry_.name.ToString(), newest, known));
  }

  Status AddOld(const std::string& path, bool is_ours, std::vector<Orphan>& old) const {
    const auto modified = TRY(lake_.store.ModifiedMs(path));
    const auto bytes = TRY(lake_.store.Head(path));
    // Gone, or of an age that nobody knows.
    if (!modified || !bytes || *modified >= before_ms_) return Status::OK();
    old.push_back({.path = InTable(path, root_),
                   .bytes = *bytes,
                   .modified_ms = *modified,
                   .is_ours = is_ours});
    return Status::OK();
  }

  Result<std::set<std::string>> ListNamed() const {
    Findings findings;
    const RetainedFiles retained = TRY(ReadRetainedFiles(lake_, entry_, root_, findings));
    if (!retained.is_complete) {
      return Error(ErrorKind::kRetryLater,
                   fmt::format("{}: it is not known which files are named, since {} can't be read "
                               "({}); ask `weir table verify`",
                               entry_.name.ToString(), findings.kept().front().file,
                               findings.kept().front().found));
    }
    std::set<std::string> named;
    for (const auto& [path, file] : retained.files) named.insert(path);
    const auto retired =
        TRY(lake_.catalog.ListRetired(entry_.name, std::numeric_limits<int64_t>::max()));
    for (const catalog::RetiredFile& one : retired) named.insert(one.path);
    const auto pending = TRY(lake_.catalog.ListPendingDelta());
    for (const catalog::PendingDelta& one : pending) {
      if (one.name == entry_.name) {
        named.insert(fmt::format("data/_delta_log/{:020d}.json", one.version));
      }
    }
    return named;
  }

  const Lake& lake_;
  const catalog::TableEntry& entry_;
  const std::string root_;
  const int64_t before_ms_;
};

}  // namespace

Result<std::vector<Orphan>> FindOrphans(const Lake& lake, const catalog::TableEntry& entry,
                                        const OrphanLimits& limits) {
  const std::string root = TRY(PathBelow(lake.store, entry.location));
  return Finder(lake, entry, root, limits).Run();
}

Status DeleteOrphans(store::Store& store, const catalog::TableEntry& entry,
                     const std::vector<Orphan>& orphans) {
  const std::string root = TRY(PathBelow(store, entry.location));
  for (const Orphan& orphan : orphans) {
    if (!orphan.is_ours) continue;
    fault::Point("orphan.delete.before");
    TRY(store.Delete(root + "/" + orphan.path));
    fault::Point("orphan.delete.after");
    kOrphansDeleted.With({entry.name.ToString()}).Add();
    log::Info("deleted a file that no version names", {{"table", entry.name.ToString()},
                                                       {"file", orphan.path},
                                                       {"bytes", orphan.bytes},
                                                       {"modified_ms", orphan.modified_ms}});
  }
  return Status::OK();
}

}  // namespace weir::maintain
