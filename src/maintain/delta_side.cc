// SPDX-License-Identifier: Apache-2.0
#include "maintain/delta_side.h"

#include <fmt/format.h>

#include <algorithm>

#include "table/delta/log_entry.h"

namespace weir::maintain {
namespace {

namespace delta = table::delta;

/// Reads one table's log. One thread.
class LogReader {
 public:
  LogReader(const Lake& lake, const catalog::TableEntry& entry, std::string root,
            Findings& findings)
      : lake_(lake), entry_(entry), root_(std::move(root)), findings_(findings) {}

  std::optional<DeltaSide> Read() {
    if (!CheckVersions()) return std::nullopt;
    DeltaSide side;
    delta::Snapshot& snapshot = side.snapshot;
    while (snapshot.version < end_) {
      if (!ReadNext(snapshot)) return std::nullopt;
    }
    const Status readable = delta::CheckReadable(snapshot);
    if (!readable.ok()) {
      Add(Check::kDeltaUnreadable, delta::EntryPath(root_, 0), readable.message(),
          "a table that readers of version 1 read");
      return std::nullopt;
    }
    if (snapshot.metadata->id != entry_.uuid) {
      Add(Check::kTableUuid, delta::EntryPath(root_, 0), snapshot.metadata->id,
          entry_.uuid + ", as the catalog says");
    }
    for (const std::string& path : snapshot.added_twice) {
      Add(Check::kListedTwice, "data/" + path, "added while it was live", "added once");
    }
    side.pending = std::move(pending_);
    return side;
  }

 private:
  void Add(Check check, const std::string& file, std::string found, std::string expected) {
    findings_.Add(
        {check, Format::kDelta, InTable(file, root_), std::move(found), std::move(expected)});
  }

  /// How far the log goes; the catalog may have moved on since `entry_` was read.
  bool CheckVersions() {
    const auto versions = delta::ListVersions(lake_.store, root_);
    const auto now = lake_.catalog.Load(entry_.name);
    if (!versions.ok() || !now.ok()) {
      Add(Check::kDeltaUnreadable, root_ + "/data/_delta_log",
          (versions.ok() ? now.status() : versions.status()).message(), "a log that can be listed");
      return false;
    }
    const int64_t last = versions->empty() ? -1 : versions->back();
    end_ = entry_.delta_version;
    if (last > now->delta_version) {
      Add(Check::kDeltaVersion, delta::EntryPath(root_, last), fmt::format("version {}", last),
          fmt::format("version {}, as the catalog says", now->delta_version));
    }
    if (last >= end_ ||
        ReadLogEntry(lake_, entry_.name, delta::EntryPath(root_, end_), end_).ok()) {
      return true;
    }
    Add(Check::kDeltaVersion, delta::EntryPath(root_, end_), fmt::format("version {}", last),
        fmt::format("version {}, as the catalog says", end_));
    end_ = last;
    return last >= 0;
  }

  bool ReadNext(delta::Snapshot& snapshot) {
    const int64_t version = snapshot.version + 1;
    const std::string path = delta::EntryPath(root_, version);
    const auto read = ReadLogEntry(lake_, entry_.name, path, version);
    if (!read.ok()) {
      const bool is_missing = KindOf(read.status()) == ErrorKind::kNotFound;
      Add(is_missing ? Check::kDeltaEntryMissing : Check::kDeltaEntryUnreadable, path,
          is_missing ? "no such entry" : read.status().message(),
          fmt::format("all entries from 0 to {}", end_));
      return false;
    }
    if (read->is_pending) pending_.push_back(path);
    auto entry = delta::ReadEntry(read->bytes);
    if (!entry.ok()) {
      Add(Check::kDeltaEntryUnreadable, path, entry.status().message(), "actions, one a line");
      return false;
    }
    const auto transaction = entry->transactions.find(entry_.uuid);
    if (transaction != entry->transactions.end() && transaction->second != version) {
      Add(Check::kDeltaVersion, path, fmt::format("the entry of version {}", transaction->second),
          fmt::format("the entry of version {}, as its name says", version));
    }
    delta::Apply(*std::move(entry), snapshot);
    return true;
  }

  const Lake& lake_;
  const catalog::TableEntry& entry_;
  const std::string root_;
  Findings& findings_;
  int64_t end_ = 0;
  std::vector<std::string> pending_;
};

}  // namespace

Result<LogEntryBytes> ReadLogEntry(const Lake& lake, const catalog::TableName& name,
                                   const std::string& path, int64_t version) {
  auto bytes = lake.store.Read(path);
  if (bytes.ok()) return LogEntryBytes{.bytes = *std::move(bytes), .is_pending = false};
  if (KindOf(bytes.status()) != ErrorKind::kNotFound) return bytes.status();
  const auto all = TRY(lake.catalog.ListPendingDelta());
  const auto pending = std::ranges::find_if(
      all, [&](const auto& one) { return one.name == name && one.version == version; });
  if (pending != all.end()) return LogEntryBytes{.bytes = pending->entry, .is_pending = true};
  // Published between the two looks.
  std::string late = TRY(lake.store.Read(path));
  return LogEntryBytes{.bytes = std::move(late), .is_pending = false};
}

std::optional<DeltaSide> ReadDeltaSide(const Lake& lake, const catalog::TableEntry& entry,
                                       const std::string& root, Findings& findings) {
  return LogReader(lake, entry, root, findings).Read();
}

}  // namespace weir::maintain
