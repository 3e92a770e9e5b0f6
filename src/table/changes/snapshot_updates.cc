// SPDX-License-Identifier: Apache-2.0
#include "table/changes/snapshot_updates.h"

#include <algorithm>
#include <limits>

namespace weir::table::changes {
namespace {

template <typename... Args>
Status Stale(fmt::format_string<Args...> reason, Args&&... args) {
  return Error(ErrorKind::kConflict, fmt::format(reason, std::forward<Args>(args)...));
}

const Json* FindSnapshot(const Json& document, int64_t id) {
  return FindById(document, "snapshots", "snapshot-id", id);
}

/// What every snapshot must tell. Errors: kBadRequest.
Status CheckSnapshot(const Json& snapshot, int64_t format_version) {
  const int64_t id = TRY(Number(snapshot, "snapshot-id"));
  if (id < 0) return Refused("a snapshot id is not negative: {}", id);
  TRY(Number(snapshot, "timestamp-ms"));
  const auto summary = TRY(Texts(snapshot, "summary"));
  if (format_version == 1) return Status::OK();
  if (!summary.contains("operation")) return Refused("snapshot {} names no operation", id);
  TRY(Text(snapshot, "manifest-list"));
  const int64_t sequence = TRY(Number(snapshot, "sequence-number"));
  if (sequence < 1) return Refused("snapshot {} has the sequence number {}", id, sequence);
  return Status::OK();
}

/// A snapshot made for an older state of the table is refused, to be made again.
Status TakeSequenceNumber(Draft& draft, const Json& snapshot) {
  const auto last = TRY(OptionalNumber(draft.document, "last-sequence-number"));
  const int64_t sequence = TRY(Number(snapshot, "sequence-number"));
  const bool has_parent = Member(snapshot, "parent-snapshot-id") != nullptr;
  if (has_parent && sequence <= last.value_or(0)) {
    return Stale("Cannot add snapshot with sequence number {} older than last sequence number {}",
                 sequence, last.value_or(0));
  }
  draft.document["last-sequence-number"] = std::max(sequence, last.value_or(0));
  return Status::OK();
}

Status TakeRowIds(Draft& draft, const Json& snapshot) {
  const auto next = TRY(OptionalNumber(draft.document, "next-row-id"));
  const int64_t first = TRY(Number(snapshot, "first-row-id"));
  const int64_t added = TRY(Number(snapshot, "added-rows"));
  if (first < next.value_or(0)) {
    return Stale("Cannot add a snapshot, first-row-id is behind table next-row-id: {} < {}", first,
                 next.value_or(0));
  }
  if (added < 0 || added > std::numeric_limits<int64_t>::max() - first) {
    return Refused("a snapshot can't add {} rows from row id {}", added, first);
  }
  draft.document["next-row-id"] = first + added;
  return Status::OK();
}

Status CheckReference(const Json& update, const std::string& name, const std::string& type) {
  if (name.empty()) return Refused("a branch or tag has a name");
  if (type != "branch" && type != "tag") {
    return Refused("`{}` is a branch or a tag, not `{}`", name, type);
  }
  if (type == "tag" && name == kMainBranch) return Refused("main is a branch, not a tag");
  for (const char* limit : {"min-snapshots-to-keep", "max-snapshot-age-ms", "max-ref-age-ms"}) {
    const auto number = TRY(OptionalNumber(update, limit));
    if (number && *number <= 0) return Refused("`{}` must be greater than 0", limit);
    const bool is_of_branches = limit != std::string_view("max-ref-age-ms");
    if (number && type == "tag" && is_of_branches) {
      return Refused("Tags do not support setting `{}`", limit);
    }
  }
  return Status::OK();
}

/// Removes the refs that point at a snapshot which is gone.
void DropDanglingReferences(Json& document) {
  const auto refs = document.find("refs");
  if (refs == document.end() || !refs->is_object()) return;
  Json kept = Json::object();
  for (const auto& [name, ref] : refs->items()) {
    const Json* id = Member(ref, "snapshot-id");
    const bool is_there = id != nullptr && id->is_number_integer() &&
                          FindSnapshot(document, id->get<int64_t>()) != nullptr;
    if (is_there) kept[name] = ref;
  }
  if (!kept.contains(kMainBranch)) document.erase("current-snapshot-id");
  *refs = std::move(kept);
}

Status SetBySnapshot(Draft& draft, const Json& update, const char* member, const char* list) {
  const Json* file = TRY(Object(update, member));
  const int64_t id = TRY(Number(*file, "snapshot-id"));
  TRY(Text(*file, "statistics-path"));
  TRY(Number(*file, "file-size-in-bytes"));
  const auto also = TRY(OptionalNumber(update, "snapshot-id"));
  if (also && *also != id) {
    return Refused("snapshot-id is {} beside `{}` and {} in it", *also, member, id);
  }
  EraseById(draft.document, list, "snapshot-id", id);
  Append(draft.document, list, *file);
  return Status::OK();
}

Status RemoveBySnapshot(Draft& draft, const Json& update, const char* list) {
  const int64_t id = TRY(Number(update, "snapshot-id"));
  EraseById(draft.document, list, "snapshot-id", id);
  return Status::OK();
}

}  // namespace

Status AddSnapshot(Draft& draft, const Json& update) {
  const Json* snapshot = TRY(Object(update, "snapshot"));
  const int64_t version = TRY(draft.FormatVersion());
  TRY(CheckSnapshot(*snapshot, version));
  const int64_t id = TRY(Number(*snapshot, "snapshot-id"));
  if (FindSnapshot(draft.document, id) != nullptr) {
    return Refused("Snapshot already exists for id: {}", id);
  }
  if (const auto schema_id = TRY(OptionalId(*snapshot, "schema-id"))) {
    if (FindById(draft.document, "schemas", "schema-id", *schema_id) == nullptr) {
      return Refused("snapshot {} was written with schema {}, which the table has not", id,
                     *schema_id);
    }
  }
  if (version >= 2) TRY(TakeSequenceNumber(draft, *snapshot));
  if (version >= 3) TRY(TakeRowIds(draft, *snapshot));
  Append(draft.document, "snapshots", *snapshot);
  draft.added_snapshots.insert(id);
  return Status::OK();
}

Status RemoveSnapshots(Draft& draft, const Json& update) {
  const auto ids = TRY(Numbers(update, "snapshot-ids"));
  for (const int64_t id : ids) {
    for (const char* list : {"snapshots", "statistics", "partition-statistics"}) {
      EraseById(draft.document, list, "snapshot-id", id);
    }
  }
  DropDanglingReferences(draft.document);
  return Status::OK();
}

Status SetSnapshotRef(Draft& draft, const Json& update) {
  const std::string name = TRY(Text(update, "ref-name"));
  const std::string type = TRY(Text(update, "type"));
  const int64_t id = TRY(Number(update, "snapshot-id"));
  TRY(CheckReference(update, name, type));
  if (FindSnapshot(draft.document, id) == nullptr) {
    return Refused("Cannot set {} to unknown snapshot: {}", name, id);
  }
  Json ref = {{"snapshot-id", id}, {"type", type}};
  for (const char* limit : {"min-snapshots-to-keep", "max-snapshot-age-ms", "max-ref-age-ms"}) {
    if (const Json* value = Member(update, limit)) ref[limit] = *value;
  }
  Json& refs = draft.document["refs"];
  if (!refs.is_object()) refs = Json::object();
  refs[name] = std::move(ref);
  if (name != kMainBranch) return Status::OK();
  const auto current = TRY(OptionalNumber(draft.document, "current-snapshot-id"));
  if (current == id) return Status::OK();
  draft.document["current-snapshot-id"] = id;
  draft.main_snapshot = id;
  return Status::OK();
}

Status RemoveSnapshotRef(Draft& draft, const Json& update) {
  const std::string name = TRY(Text(update, "ref-name"));
  if (name == kMainBranch) draft.document.erase("current-snapshot-id");
  const auto refs = draft.document.find("refs");
  if (refs != draft.document.end() && refs->is_object()) refs->erase(name);
  return Status::OK();
}

Status SetStatistics(Draft& draft, const Json& update) {
  return SetBySnapshot(draft, update, "statistics", "statistics");
}

Status RemoveStatistics(Draft& draft, const Json& update) {
  return RemoveBySnapshot(draft, update, "statistics");
}

Status SetPartitionStatistics(Draft& draft, const Json& update) {
  return SetBySnapshot(draft, update, "partition-statistics", "partition-statistics");
}

Status RemovePartitionStatistics(Draft& draft, const Json& update) {
  return RemoveBySnapshot(draft, update, "partition-statistics");
}

Status FinishSnapshotLog(Draft& draft) {
  Json log = Json::array();
  if (const Json* old = Member(draft.document, "snapshot-log")) {
    for (const Json& entry : *old) {
      const int64_t id = TRY(Number(entry, "snapshot-id"));
      // History before a snapshot that is gone can't be told any more: format, "snapshot-log".
      if (FindSnapshot(draft.document, id) == nullptr) {
        log = Json::array();
      } else {
        log.push_back(entry);
      }
    }
  }
  if (draft.main_snapshot) {
    const Json* snapshot = FindSnapshot(draft.document, *draft.main_snapshot);
    const bool is_new = draft.added_snapshots.contains(*draft.main_snapshot);
    int64_t at_ms = draft.now_ms;
    if (is_new && snapshot != nullptr) at_ms = TRY(Number(*snapshot, "timestamp-ms"));
    if (snapshot != nullptr) {
      log.push_back({{"timestamp-ms", at_ms}, {"snapshot-id", *draft.main_snapshot}});
    }
  }
  draft.document["snapshot-log"] = std::move(log);
  return Status::OK();
}

}  // namespace weir::table::changes
