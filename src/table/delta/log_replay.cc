// SPDX-License-Identifier: Apache-2.0
#include "table/delta/log_replay.h"

#include <fmt/format.h>

namespace weir::table::delta {
void Apply(Entry entry, Snapshot& snapshot) {
  ++snapshot.version;
  if (entry.protocol) snapshot.protocol = std::move(entry.protocol);
  if (entry.metadata) snapshot.metadata = std::move(entry.metadata);
  for (const auto& [id, transaction] : entry.transactions) snapshot.transactions[id] = transaction;
  for (RemoveAction& remove : entry.removed) {
    const std::string path = remove.path;
    snapshot.files.erase(path);
    snapshot.tombstones.insert_or_assign(path, std::move(remove));
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

}  // namespace weir::table::delta
