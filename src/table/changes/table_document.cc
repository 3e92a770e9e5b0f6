// SPDX-License-Identifier: Apache-2.0
#include "table/changes/table_document.h"

#include <algorithm>

#include "table/changes/draft.h"
#include "table/changes/field_type.h"
#include "table/changes/layout_updates.h"
#include "table/changes/schema.h"

namespace weir::table::changes {
namespace {

constexpr int32_t kPartitionIdBefore = 999;

/// `schema` and `partition-spec`, which version 1 may have alone.
Status MoveOlderMembers(Json& document) {
  if (Member(document, "schemas") == nullptr) {
    const Json* schema = TRY(Object(document, "schema"));
    Json moved = *schema;
    if (Member(moved, "schema-id") == nullptr) moved["schema-id"] = 0;
    document["current-schema-id"] = moved["schema-id"];
    document["schemas"] = Json::array({std::move(moved)});
  }
  if (Member(document, "partition-specs") == nullptr) {
    const Json* fields = TRY(List(document, "partition-spec"));
    Json moved = *fields;
    int32_t last = kPartitionIdBefore;
    for (Json& field : moved) {
      const auto id = TRY(OptionalId(field, "field-id"));
      if (!id) field["field-id"] = last + 1;
      last = std::max(last, id.value_or(last + 1));
    }
    document["default-spec-id"] = 0;
    document["partition-specs"] = Json::array({{{"spec-id", 0}, {"fields", std::move(moved)}}});
    if (Member(document, "last-partition-id") == nullptr) document["last-partition-id"] = last;
  }
  if (Member(document, "sort-orders") == nullptr) {
    document["default-sort-order-id"] = 0;
    document["sort-orders"] = Json::array({{{"order-id", 0}, {"fields", Json::array()}}});
  }
  if (Member(document, "last-sequence-number") == nullptr) document["last-sequence-number"] = 0;
  return Status::OK();
}

Status CheckSpecs(const Json& document) {
  const Json* specs = TRY(List(document, "partition-specs"));
  for (const Json& spec : *specs) {
    TRY(Id(spec, "spec-id"));
    const Json* fields = TRY(List(spec, "fields"));
    for (const Json& field : *fields) {
      TRY(Text(field, "name"));
      TRY(Text(field, "transform"));
      TRY(Id(field, "source-id"));
      TRY(Id(field, "field-id"));
    }
  }
  const Json* orders = TRY(List(document, "sort-orders"));
  for (const Json& order : *orders) {
    TRY(Id(order, "order-id"));
    TRY(List(order, "fields"));
  }
  return Status::OK();
}

Status CheckSchemas(const Json& document, int64_t version) {
  const Json* schemas = TRY(List(document, "schemas"));
  const int32_t last_column = TRY(Id(document, "last-column-id"));
  for (const Json& schema : *schemas) {
    const int32_t id = TRY(Id(schema, "schema-id"));
    const auto fields = TRY(FieldsOf(schema, version));
    const auto beyond = std::ranges::find_if(
        fields, [&](const SchemaField& field) { return field.id > last_column; });
    if (beyond != fields.end()) {
      return Refused("schema {}: field {} is beyond last-column-id, {}", id, beyond->id,
                     last_column);
    }
  }
  return Status::OK();
}

/// Java wrote -1 where there is no snapshot.
Status CheckHistory(Json& document) {
  const auto current = TRY(OptionalNumber(document, "current-snapshot-id"));
  if (!current || *current == -1) document.erase("current-snapshot-id");
  for (const char* list : {"snapshots", "snapshot-log", "metadata-log", "statistics",
                           "partition-statistics", "encryption-keys"}) {
    if (Member(document, list) != nullptr) TRY(List(document, list));
  }
  if (const Json* snapshots = Member(document, "snapshots")) {
    for (const Json& snapshot : *snapshots) TRY(Number(snapshot, "snapshot-id"));
  }
  if (const Json* log = Member(document, "snapshot-log")) {
    for (const Json& entry : *log) TRY(Number(entry, "snapshot-id"));
  }
  if (current && *current != -1 &&
      FindById(document, "snapshots", "snapshot-id", *current) == nullptr) {
    return Refused("current-snapshot-id names no snapshot: {}", *current);
  }
  if (Member(document, "refs") == nullptr) {
    document["refs"] = Json::object();
    if (current && *current != -1) {
      document["refs"]["main"] = {{"snapshot-id", *current}, {"type", "branch"}};
    }
  }
  TRY(Object(document, "refs"));
  return Status::OK();
}

}  // namespace

Result<Json> CheckedTable(Json document) {
  const int64_t version = TRY(Number(document, "format-version"));
  if (version < kFormatVersionMin || version > kFormatVersionMax) {
    return Refused("format version {} is not one of {} to {}", version, kFormatVersionMin,
                   kFormatVersionMax);
  }
  if (version == 1) TRY(MoveOlderMembers(document));
  if (version == 1 && Member(document, "table-uuid") == nullptr) {
    return Refused("`table-uuid` is missing: the table is older than this catalog can own");
  }
  TRY(Text(document, "table-uuid"));
  TRY(Text(document, "location"));
  TRY(Number(document, "last-updated-ms"));
  TRY(Number(document, "last-sequence-number"));
  if (version >= 3) TRY(Number(document, "next-row-id"));
  TRY(CheckSchemas(document, version));
  TRY(CheckSpecs(document));
  TRY(Id(document, "last-partition-id"));
  TRY(Texts(document, "properties"));
  TRY(CheckHistory(document));
  const Draft draft{.document = std::move(document)};
  TRY(CheckLayout(draft));
  return draft.document;
}

Status AddOlderMembers(Json& document) {
  const int64_t version = TRY(Number(document, "format-version"));
  document.erase("schema");
  document.erase("partition-spec");
  if (version > 1) return Status::OK();
  const Draft draft{.document = document};
  const Json* schema = TRY(draft.CurrentSchema());
  const int32_t spec_id = TRY(Id(document, "default-spec-id"));
  const Json* spec = FindById(draft.document, "partition-specs", "spec-id", spec_id);
  if (spec == nullptr) return Refused("the table has no partition spec {}", spec_id);
  document["schema"] = *schema;
  document["partition-spec"] = (*spec)["fields"];
  return Status::OK();
}

}  // namespace weir::table::changes
