// SPDX-License-Identifier: Apache-2.0
#include "maintain/delta_side.h"

#include <fmt/format.h>

#include <algorithm>

#include "table/delta/log_entry.h"
#include "table/delta/log_files.h"

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
    if (!Begin(snapshot)) return std::nullopt;
    while (snapshot.version < end_) {
      if (!ReadNext(snapshot)) return std::nullopt;
      if (std::ranges::binary_search(files_.checkpoints, snapshot.version)) Compare(snapshot);
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
    auto files = delta::ListLog(lake_.store, root_);
    const auto now = lake_.catalog.Load(entry_.name);
    if (!files.ok() || !now.ok()) {
      Add(Check::kDeltaUnreadable, root_ + "/data/_delta_log",
          (files.ok() ? now.status() : files.status()).message(), "a log that can be listed");
      return false;
    }
    files_ = *std::move(files);
    const int64_t last = files_.entries.empty() ? -1 : files_.entries.back();
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

  /// With the first entry or, where history was removed, with the oldest checkpoint.
  bool Begin(delta::Snapshot& snapshot) {
    const bool is_whole = files_.entries.empty() || files_.entries.front() == 0;
    if (is_whole || files_.checkpoints.empty()) return true;
    const int64_t version = files_.checkpoints.front();
    auto read = delta::ReadCheckpoint(lake_.store, root_, version);
    if (read.ok()) {
      snapshot = *std::move(read);
      return true;
    }
    Add(Check::kDeltaCheckpoint, delta::CheckpointPath(root_, version), read.status().message(),
        "the checkpoint that the kept entries follow");
    return false;
  }

  /// The checkpoint that the log has at this version says the same as its entries.
  void Compare(const delta::Snapshot& snapshot) {
    const std::string path = delta::CheckpointPath(root_, snapshot.version);
    const auto read = delta::ReadCheckpoint(lake_.store, root_, snapshot.version);
    if (!read.ok()) {
      // Removed since it was listed.
      if (KindOf(read.status()) == ErrorKind::kNotFound) return;
      return Add(Check::kDeltaCheckpoint, path, read.status().message(), "a checkpoint");
    }
    const auto expect = [&](bool is_so, std::string_view what, size_t found, size_t expected) {
      if (is_so) return;
      Add(Check::kDeltaCheckpoint, path, fmt::format("other {}, {} of them", what, found),
          fmt::format("the {} of the entries, {}", what, expected));
    };
    expect(read->files == snapshot.files, "files", read->files.size(), snapshot.files.size());
    expect(read->protocol == snapshot.protocol && read->metadata == snapshot.metadata,
           "protocol or metadata", 2, 2);
    expect(read->transactions == snapshot.transactions, "transactions", read->transactions.size(),
           snapshot.transactions.size());
    // Old ones are left out.
    expect(std::ranges::includes(
               snapshot.tombstones, read->tombstones, {}, [](const auto& one) { return one.first; },
               [](const auto& one) { return one.first; }),
           "tombstones", read->tombstones.size(), snapshot.tombstones.size());
  }

  bool ReadNext(delta::Snapshot& snapshot) {
    const int64_t version = snapshot.version + 1;
    const std::string path = delta::EntryPath(root_, version);
    const auto read = ReadLogEntry(lake_, entry_.name, path, version);
    if (!read.ok()) {
      const bool is_missing = KindOf(read.status()) == ErrorKind::kNotFound;
      Add(is_missing ? Check::kDeltaEntryMissing : Check::kDeltaEntryUnreadable, path,
          is_missing ? "no such entry" : read.status().message(),
          fmt::format("all entries up to {}", end_));
      return false;
    }
    if (read->is_pending) pending_.push_back(path);
    auto entry = delta::ReadEntry(read->bytes);
    if (!entry.ok()) {
      Add(Check::kDeltaEntryUnreadable, path, entry.status().message(), "actions, one a line");
      return false;
    }
    const auto transaction = entry->transactions.find(entry_.uuid);
    if (transaction != entry->transactions.end() && transaction->second.version != version) {
      Add(Check::kDeltaVersion, path,
          fmt::format("the entry of version {}", transaction->second.version),
          fmt::format("the entry of version {}, as its name says", version));
    }
    delta::Apply(*std::move(entry), snapshot);
    return true;
  }

  const Lake& lake_;
  const catalog::TableEntry& entry_;
  const std::string root_;
  Findings& findings_;
  delta::LogFiles files_;
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
