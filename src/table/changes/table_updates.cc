// SPDX-License-Identifier: Apache-2.0
#include "table/changes/table_updates.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "table/changes/definition_updates.h"
#include "table/changes/draft.h"
#include "table/changes/field_type.h"
#include "table/changes/layout_updates.h"
#include "table/changes/snapshot_updates.h"
#include "table/changes/table_document.h"

namespace weir::table::changes {
namespace {

struct Action {
  std::string_view name;
  Update apply;
};

constexpr std::array<Action, 23> kActions = {{
    {"assign-uuid", AssignUuid},
    {"upgrade-format-version", UpgradeFormatVersion},
    {"add-schema", AddSchema},
    {"set-current-schema", SetCurrentSchema},
    {"remove-schemas", RemoveSchemas},
    {"add-spec", AddSpec},
    {"set-default-spec", SetDefaultSpec},
    {"remove-partition-specs", RemovePartitionSpecs},
    {"add-sort-order", AddSortOrder},
    {"set-default-sort-order", SetDefaultSortOrder},
    {"add-snapshot", AddSnapshot},
    {"remove-snapshots", RemoveSnapshots},
    {"set-snapshot-ref", SetSnapshotRef},
    {"remove-snapshot-ref", RemoveSnapshotRef},
    {"set-location", SetLocation},
    {"set-properties", SetProperties},
    {"remove-properties", RemoveProperties},
    {"set-statistics", SetStatistics},
    {"remove-statistics", RemoveStatistics},
    {"set-partition-statistics", SetPartitionStatistics},
    {"remove-partition-statistics", RemovePartitionStatistics},
    {"add-encryption-key", AddEncryptionKey},
    {"remove-encryption-key", RemoveEncryptionKey},
}};

// As Iceberg's `write.metadata.previous-versions-max`.
constexpr size_t kPreviousVersionsDefault = 100;

Status ApplyAll(Draft& draft, const Json& updates) {
  for (const Json& update : updates) {
    const std::string name = TRY(Text(update, "action"));
    const auto action = std::ranges::find(kActions, name, &Action::name);
    if (action == kActions.end()) {
      return Refused("there is no update `{}` of tables", name.substr(0, 60));
    }
    const Status applied = action->apply(draft, update);
    if (!applied.ok()) {
      return Error(KindOf(applied), fmt::format("{}: {}", name, applied.message()));
    }
  }
  return Status::OK();
}

size_t PreviousVersionsMax(const Json& document) {
  const Json* properties = Member(document, "properties");
  const Json* value =
      properties == nullptr ? nullptr : Member(*properties, "write.metadata.previous-versions-max");
  if (value == nullptr || !value->is_string()) return kPreviousVersionsDefault;
  const std::string text = value->get<std::string>();
  size_t count = kPreviousVersionsDefault;
  std::from_chars(text.data(), text.data() + text.size(), count);
  return std::max<size_t>(count, 1);
}

/// The base's own file joins the log of earlier ones.
Status LogPrevious(Json& document, const TableState& base) {
  const int64_t at_ms = TRY(Number(base.document, "last-updated-ms"));
  Append(document, "metadata-log",
         {{"timestamp-ms", at_ms}, {"metadata-file", base.metadata_location}});
  Json& log = document["metadata-log"];
  const size_t count_max = PreviousVersionsMax(document);
  if (log.size() <= count_max) return Status::OK();
  Json kept = Json::array();
  for (size_t i = log.size() - count_max; i < log.size(); ++i) kept.push_back(std::move(log[i]));
  log = std::move(kept);
  return Status::OK();
}

/// A table's time does not go backwards, also where a clock does.
Status SetLastUpdated(Draft& draft) {
  const auto before = TRY(OptionalNumber(draft.document, "last-updated-ms"));
  int64_t at_ms = std::max(before.value_or(0), draft.now_ms);
  for (const int64_t id : draft.added_snapshots) {
    const Json* snapshot = FindById(draft.document, "snapshots", "snapshot-id", id);
    if (snapshot == nullptr) continue;
    const int64_t snapshot_ms = TRY(Number(*snapshot, "timestamp-ms"));
    at_ms = std::max(at_ms, snapshot_ms);
  }
  draft.document["last-updated-ms"] = at_ms;
  return Status::OK();
}

/// What the updates need not say.
void AddDefaults(Json& document) {
  if (!document.contains("partition-specs")) {
    document["partition-specs"] = Json::array({{{"spec-id", 0}, {"fields", Json::array()}}});
    document["default-spec-id"] = 0;
  }
  if (!document.contains("last-partition-id")) document["last-partition-id"] = 999;
  if (!document.contains("sort-orders")) {
    document["sort-orders"] = Json::array({{{"order-id", 0}, {"fields", Json::array()}}});
    document["default-sort-order-id"] = 0;
  }
  for (const char* object : {"properties", "refs"}) {
    if (!document.contains(object)) document[object] = Json::object();
  }
  for (const char* list : {"snapshots", "snapshot-log", "metadata-log"}) {
    if (!document.contains(list)) document[list] = Json::array();
  }
}

/// A new document with the members that come first in metadata files, in their usual order.
Result<Draft> EmptyDraft(const Json& updates, int64_t now_ms) {
  Draft draft{.document = Json::object(), .now_ms = now_ms};
  const auto upgrade = std::ranges::find_if(updates, [](const Json& update) {
    const Json* action = Member(update, "action");
    return action != nullptr && *action == "upgrade-format-version";
  });
  if (upgrade != updates.end()) {
    TRY(UpgradeFormatVersion(draft, *upgrade));
  } else {
    TRY(UpgradeFormatVersion(draft, Json{{"format-version", kFormatVersionDefault}}));
  }
  draft.document["last-sequence-number"] = 0;
  return draft;
}

}  // namespace

Result<Json> UpdatedTable(const TableState& base, const Json& updates, int64_t now_ms) {
  Json document = TRY(CheckedTable(base.document));
  Draft draft{.document = document, .now_ms = now_ms};
  TRY(ApplyAll(draft, updates));
  if (IsSame(draft.document, document)) return base.document;
  TRY(FinishSnapshotLog(draft));
  TRY(SetLastUpdated(draft));
  TRY(LogPrevious(draft.document, base));
  TRY(AddOlderMembers(draft.document));
  return CheckedTable(std::move(draft.document));
}

Result<Json> TableFrom(const Json& updates, int64_t now_ms) {
  Draft draft = TRY(EmptyDraft(updates, now_ms));
  TRY(ApplyAll(draft, updates));
  AddDefaults(draft.document);
  TRY(FinishSnapshotLog(draft));
  TRY(SetLastUpdated(draft));
  TRY(AddOlderMembers(draft.document));
  return CheckedTable(std::move(draft.document));
}

}  // namespace weir::table::changes
