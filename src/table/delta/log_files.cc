// SPDX-License-Identifier: Apache-2.0
#include "table/delta/log_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "table/delta/checkpoint.h"

namespace weir::table::delta {
namespace {

constexpr std::string_view kCheckpointEnding = ".checkpoint.parquet";

/// Of a file named `<20 digits><ending>`; nothing for others.
std::optional<int64_t> VersionOf(std::string_view name, std::string_view ending) {
  constexpr size_t kDigits = 20;
  if (name.size() != kDigits + ending.size() || !name.ends_with(ending)) return std::nullopt;
  int64_t version = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + kDigits, version);
  if (error != std::errc() || end != name.data() + kDigits || version < 0) return std::nullopt;
  return version;
}

}  // namespace

Result<LogFiles> ListLog(const store::Store& store, std::string_view root) {
  const std::vector<std::string> paths = TRY(store.List(fmt::format("{}/data/_delta_log", root)));
  LogFiles files;
  for (const std::string& path : paths) {
    const std::string_view name = std::string_view(path).substr(path.rfind('/') + 1);
    if (const auto entry = VersionOf(name, ".json")) files.entries.push_back(*entry);
    if (const auto checkpoint = VersionOf(name, kCheckpointEnding)) {
      files.checkpoints.push_back(*checkpoint);
    }
  }
  std::ranges::sort(files.entries);
  std::ranges::sort(files.checkpoints);
  return files;
}

std::string CheckpointPath(std::string_view root, int64_t version) {
  return fmt::format("{}/data/_delta_log/{:020d}{}", root, version, kCheckpointEnding);
}

Status PutCheckpoint(store::Store& store, std::string_view root, const Snapshot& snapshot) {
  const Checkpoint checkpoint = TRY(EncodeCheckpoint(snapshot));
  // Not PutIfAbsent: an earlier run may have died before the hint, and it is the same table.
  TRY(store.Put(CheckpointPath(root, snapshot.version), checkpoint.bytes));
  return store.Put(fmt::format("{}/data/_delta_log/_last_checkpoint", root),
                   fmt::format(R"({{"version":{},"size":{},"sizeInBytes":{},"numOfAddFiles":{}}})",
                               snapshot.version, checkpoint.actions, checkpoint.bytes.size(),
                               snapshot.files.size()));
}

Result<Snapshot> ReadCheckpoint(const store::Store& store, std::string_view root, int64_t version) {
  const std::string bytes = TRY(store.Read(CheckpointPath(root, version)));
  return DecodeCheckpoint(bytes, version);
}

Result<Snapshot> NewestCheckpoint(const store::Store& store, std::string_view root,
                                  int64_t version_max) {
  const LogFiles files = TRY(ListLog(store, root));
  const auto past = std::ranges::upper_bound(files.checkpoints, version_max);
  if (past == files.checkpoints.begin()) return Snapshot();
  return ReadCheckpoint(store, root, *std::prev(past));
}

}  // namespace weir::table::delta
