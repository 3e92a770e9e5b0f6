// SPDX-License-Identifier: Apache-2.0
#include "serve/iceberg/alter_own.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "base/log.h"
#include "serve/iceberg/load_table.h"
#include "serve/iceberg/problem.h"
#include "table/changes/table_updates.h"
#include "table/iceberg/alter.h"
#include "table/iceberg/partition_parts.h"

namespace weir::serve::iceberg {
namespace {

using table::Alteration;
using table::changes::FindById;
using table::changes::Id;
using table::changes::IsSame;
using table::changes::Json;
using table::changes::List;
using table::changes::Member;
using table::changes::Refused;
using table::changes::Text;

constexpr std::array<std::string_view, 8> kAltering = {
    "add-schema",     "set-current-schema",     "add-spec",       "set-default-spec",
    "add-sort-order", "set-default-sort-order", "set-properties", "remove-properties"};
/// With these a commit is one of what is in the table.
constexpr std::array<std::string_view, 1> kFilling = {"add-snapshot"};

/// What an alteration may change of a document.
constexpr std::array<std::string_view, 12> kAlterable = {
    "last-updated-ms",   "last-column-id",  "schemas",      "current-schema-id",
    "partition-specs",   "default-spec-id", "sort-orders",  "default-sort-order-id",
    "last-partition-id", "properties",      "metadata-log", "schema"};

/// The member `list` of `document` that its `current` names.
Result<const Json*> Current(const Json& document, std::string_view list, std::string_view id_name,
                            std::string_view current) {
  const int32_t id = TRY(Id(document, current));
  const Json* found = FindById(document, list, id_name, id);
  if (found == nullptr) return Refused("{} names none of the {}", current, list);
  return found;
}

Result<const Json*> CurrentSchema(const Json& document) {
  return Current(document, "schemas", "schema-id", "current-schema-id");
}

std::string ShownType(const Json& type) {
  return type.is_string() ? type.get<std::string>() : "nested";
}

/// Why `now` can't be what `was` becomes; `was` is a published column or one that was added.
Status CheckKept(const Json& was, const Json* now) {
  const std::string name = TRY(Text(was, "name"));
  if (now == nullptr) {
    return Refused(
        "column `{}` can't be dropped: queries and both formats depend on it; leave it "
        "out of your queries, or make a view without it",
        name);
  }
  const std::string new_name = TRY(Text(*now, "name"));
  if (new_name != name) {
    return Refused(
        "column `{}` can't be renamed to `{}`: Delta finds columns by name; make a view "
        "that names it so",
        name, new_name);
  }
  const Json* type = Member(was, "type");
  const Json* new_type = Member(*now, "type");
  if (type == nullptr || new_type == nullptr || !IsSame(*type, *new_type)) {
    return Refused(
        "the type of column `{}` can't be changed{}: files that Delta's readers have "
        "would not fit it; add a column of the type that you want",
        name, new_type == nullptr ? "" : " to " + ShownType(*new_type));
  }
  if (IsSame(was, *now)) return Status::OK();
  return Refused(
      "column `{}` can't be changed in its comment, default or necessity; add columns "
      "beside it",
      name);
}

/// The place in a schema's list of columns.
Status AddColumnsOf(const Json& base, const Json& wanted, Alteration& alteration) {
  const Json* before = TRY(CurrentSchema(base));
  const Json* after = TRY(CurrentSchema(wanted));
  const Json* old_fields = TRY(List(*before, "fields"));
  const Json* new_fields = TRY(List(*after, "fields"));
  if (const Json* identifiers = Member(*after, "identifier-field-ids")) {
    if (!identifiers->empty()) return Refused("Weir's tables take no identifier fields");
  }
  for (size_t i = 0; i < old_fields->size(); ++i) {
    const Json& was = (*old_fields)[i];
    const int32_t id = TRY(Id(was, "id"));
    const Json* now = FindById(*after, "fields", "id", id);
    TRY(CheckKept(was, now));
    if (i < new_fields->size() && now == &(*new_fields)[i]) continue;
    return Refused(
        "columns keep their order, since Delta's readers have it: add new ones without "
        "FIRST or AFTER, behind all others");
  }
  int32_t next_id = TRY(Id(base, "last-column-id"));
  for (size_t i = old_fields->size(); i < new_fields->size(); ++i) {
    const Json& field = (*new_fields)[i];
    table::NewColumn column;
    column.name = TRY(Text(field, "name"));
    const int32_t id = TRY(Id(field, "id"));
    const Json* type = Member(field, "type");
    const Json* required = Member(field, "required");
    if (required != nullptr && *required == true) {
      return Refused("column `{}` has to be optional: the rows that are there have no value for it",
                     column.name);
    }
    if (id != ++next_id) {
      return Refused("column `{}` has the field id {}, expected {}, the next that is free",
                     column.name, id, next_id);
    }
    if (Member(field, "initial-default") != nullptr || Member(field, "write-default") != nullptr) {
      return Refused("column `{}` can't have a default, which Delta does not have", column.name);
    }
    column.type = type == nullptr ? "" : ShownType(*type);
    const auto doc = TRY(table::changes::OptionalText(field, "doc"));
    column.doc = doc.value_or("");
    alteration.columns.push_back(std::move(column));
  }
  return Status::OK();
}

/// The name of a field of the document's current schema.
Result<std::string> ColumnName(const Json& document, const Json& field) {
  const Json* schema = TRY(CurrentSchema(document));
  const int32_t id = TRY(Id(field, "source-id"));
  const Json* column = FindById(*schema, "fields", "id", id);
  if (column == nullptr) return Refused("field {} is no top-level column", id);
  return Text(*column, "name");
}

Status PartitionOf(const Json& base, const Json& wanted, Alteration& alteration) {
  const Json* before = TRY(Current(base, "partition-specs", "spec-id", "default-spec-id"));
  const Json* after = TRY(Current(wanted, "partition-specs", "spec-id", "default-spec-id"));
  const Json* old_fields = TRY(List(*before, "fields"));
  const Json* fields = TRY(List(*after, "fields"));
  if (IsSame(*old_fields, *fields)) return Status::OK();
  if (fields->empty() || !IsSame(fields->front(), old_fields->front())) {
    return Refused(
        "`date` stays the first partition field: Delta is divided by it, and can't be "
        "divided otherwise without writing all rows anew; add or remove fields behind it");
  }
  alteration.partition.emplace();
  for (size_t i = 1; i < fields->size(); ++i) {
    const std::string transform = TRY(Text((*fields)[i], "transform"));
    std::string column = TRY(ColumnName(wanted, (*fields)[i]));
    auto part = TRY(table::iceberg::ReadTransform(transform, std::move(column)));
    part.name = TRY(Text((*fields)[i], "name"));
    alteration.partition->push_back(std::move(part));
  }
  return Status::OK();
}

Status OrderOf(const Json& base, const Json& wanted, Alteration& alteration) {
  const int32_t before = TRY(Id(base, "default-sort-order-id"));
  const Json* order = TRY(Current(wanted, "sort-orders", "order-id", "default-sort-order-id"));
  const int32_t after = TRY(Id(*order, "order-id"));
  if (before == after) return Status::OK();
  alteration.order.emplace();
  const Json* fields = TRY(List(*order, "fields"));
  for (const Json& field : *fields) {
    const std::string transform = TRY(Text(field, "transform"));
    const std::string direction = TRY(Text(field, "direction"));
    const std::string nulls = TRY(Text(field, "null-order"));
    const bool descends = direction == "desc";
    if (transform != "identity" || nulls != (descends ? "nulls-last" : "nulls-first")) {
      return Refused(
          "files are ordered by plain columns, nulls first where they ascend and last "
          "where they descend; not by {} {} {}",
          transform, direction, nulls);
    }
    std::string column = TRY(ColumnName(wanted, field));
    alteration.order->push_back({std::move(column), descends});
  }
  return Status::OK();
}

/// Those that say where a new column's values come from are the column's.
Status PropertiesOf(const Json& base, const Json& wanted, Alteration& alteration) {
  const auto before = TRY(table::changes::Texts(base, "properties"));
  const auto after = TRY(table::changes::Texts(wanted, "properties"));
  for (const auto& [name, value] : before) {
    if (!after.contains(name)) alteration.removed_properties.push_back(name);
  }
  for (const auto& [name, value] : after) {
    const auto was = before.find(name);
    if (was != before.end() && was->second == value) continue;
    const auto column = std::ranges::find_if(alteration.columns, [&](const auto& one) {
      return table::iceberg::kAttributeProperty + one.name == name;
    });
    if (column == alteration.columns.end()) {
      alteration.set_properties[name] = value;
      continue;
    }
    const size_t colon = value.find(':');
    if (colon == std::string::npos) {
      return Refused("property {} is `{}`, expected a map and a key, as in attributes:http.route",
                     name, value);
    }
    column->source = {value.substr(0, colon), value.substr(colon + 1)};
  }
  return Status::OK();
}

}  // namespace

bool IsAlteration(const Json& updates) {
  const auto has_one_of = [&](const auto& actions) {
    return std::ranges::any_of(updates, [&](const Json& update) {
      const Json* action = Member(update, "action");
      return action != nullptr && action->is_string() &&
             std::ranges::count(actions, action->get_ref<const std::string&>()) > 0;
    });
  };
  return has_one_of(kAltering) && !has_one_of(kFilling);
}

Result<Alteration> AlterationOf(const Json& base, const Json& wanted) {
  for (const Json* document : {&base, &wanted}) {
    for (const auto& [name, value] : document->items()) {
      if (std::ranges::find(kAlterable, name) != kAlterable.end()) continue;
      const Json* was = Member(base, name);
      const Json* now = Member(wanted, name);
      if (was != nullptr && now != nullptr ? IsSame(*was, *now) : was == now) continue;
      return Refused(
          "`{}` of Weir's tables is not for engines to change: columns, partition fields, "
          "sort order and properties are",
          name);
    }
  }
  Alteration alteration;
  TRY(AddColumnsOf(base, wanted, alteration));
  TRY(PartitionOf(base, wanted, alteration));
  TRY(OrderOf(base, wanted, alteration));
  TRY(PropertiesOf(base, wanted, alteration));
  table::AlterationBasis basis;
  basis.schema_id = TRY(Id(base, "current-schema-id"));
  basis.last_column_id = TRY(Id(base, "last-column-id"));
  basis.spec_id = TRY(Id(base, "default-spec-id"));
  basis.last_partition_id = TRY(Id(base, "last-partition-id"));
  alteration.basis = basis;
  return alteration;
}

Status AlterOwn(const Lake& lake, const OwnChange& change) {
  constexpr Meaning kCommitting{.not_found = "NoSuchTableException"};
  const catalog::TableName name = OwnName(change.name);
  const auto before = TRY(lake.own.Load(name));
  table::changes::TableState base{.metadata_location = before.entry.metadata_location};
  base.document = TRY(table::changes::ParseObject(before.metadata));
  TRY(Worded(table::changes::CheckTableRequirements(&base.document, change.requirements),
             kCommitting));
  const Json wanted =
      TRY(table::changes::UpdatedTable(base, change.updates, lake.clock.UnixMillis()));
  if (IsSame(wanted, base.document)) return Status::OK();
  auto alteration = TRY(AlterationOf(base.document, wanted));
  TRY(Worded((*lake.alter)(name, std::move(alteration)), kCommitting));
  log::Info("altered table by an engine", {{"table", name.ToString()}});
  return Status::OK();
}

}  // namespace weir::serve::iceberg
