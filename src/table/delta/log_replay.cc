// SPDX-License-Identifier: Apache-2.0
#include "table/delta/log_replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace weir::table::delta {
namespace {

/// Of a file named `<20 digits>.json`; nothing for checkpoints, checksums and the like.
std::optional<int64_t> VersionOf(std::string_view name) {
  constexpr size_t kDigits = 20;
  if (name.size() != kDigits + 5 || !name.ends_with(".json")) return std::nullopt;
  int64_t version = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + kDigits, version);
  if (error != std::errc() || end != name.data() + kDigits || version < 0) return std::nullopt;
  return version;
}

}  // namespace

void Apply(Entry entry, Snapshot& snapshot) {
  ++snapshot.version;
  if (entry.protocol) snapshot.protocol = std::move(entry.protocol);
  if (entry.metadata) snapshot.metadata = std::move(entry.metadata);
  for (const std::string& path : entry.removed) {
    snapshot.files.erase(path);
    snapshot.tombstones.insert(path);
  }
  for (AddAction& add : entry.added) {
    const std::string path = add.path;
    snapshot.tombstones.erase(path);
    const bool is_new = snapshot.files.insert_or_assign(path, std::move(add)).second;
    if (!is_new) snapshot.added_twice.push_back(path);
  }
}

Status CheckReadable(const Snapshot& snapshot) {
  const auto refused = [](std::string_view why) {
    return Error(ErrorKind::kBadRequest, fmt::format("read delta log: {}", why));
  };
  if (!snapshot.protocol) return refused("it has no protocol");
  if (!snapshot.metadata) return refused("it has no metaData");
  const Protocol& protocol = *snapshot.protocol;
  if (protocol.reader_version == 1 && protocol.reader_features.empty()) return Status::OK();
  return refused(fmt::format("its readers need version {} and features [{}]",
                             protocol.reader_version, fmt::join(protocol.reader_features, ", ")));
}

Result<std::vector<int64_t>> ListVersions(const store::Store& store, std::string_view root) {
  const std::vector<std::string> paths = TRY(store.List(fmt::format("{}/data/_delta_log", root)));
  std::vector<int64_t> versions;
  for (const std::string& path : paths) {
    const auto version = VersionOf(std::string_view(path).substr(path.rfind('/') + 1));
    if (version) versions.push_back(*version);
  }
  std::ranges::sort(versions);
  return versions;
}

}  // namespace weir::table::delta
