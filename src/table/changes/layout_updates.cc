// SPDX-License-Identifier: Apache-2.0
#include "table/changes/layout_updates.h"

#include <algorithm>
#include <set>

#include "table/changes/field_type.h"
#include "table/changes/schema.h"

namespace weir::table::changes {
namespace {

// Partition fields are numbered from 1000; a table without any has 999 as the last.
constexpr int32_t kPartitionIdBefore = 999;

/// Whether `fields` has a column of that id, one value a row. Errors: kBadRequest.
Status CheckSource(const std::vector<SchemaField>& fields, int64_t id, std::string_view what) {
  const auto field = std::ranges::find(fields, id, &SchemaField::id);
  if (field == fields.end()) {
    return Refused("Cannot find source column for {}: the schema has no field {}", what, id);
  }
  const bool is_nested = field->type == "struct" || field->type == "list" || field->type == "map";
  if (is_nested || field->is_repeated) {
    return Refused("Cannot use `{}` as the source of {}: it is not one plain value a row",
                   field->path, what);
  }
  return Status::OK();
}

Result<std::vector<SchemaField>> ColumnsFor(const Draft& draft) {
  const Json* schema = TRY(draft.NewestSchema());
  const int64_t version = TRY(draft.FormatVersion());
  return FieldsOf(*schema, version);
}

/// A field of a spec that has the same source and transform, so that its id is the same too.
Result<std::optional<int32_t>> KnownPartitionId(const Json& document, const Json& field) {
  const Json* specs = Member(document, "partition-specs");
  if (specs == nullptr) return std::nullopt;
  for (const Json& spec : *specs) {
    const Json* fields = TRY(List(spec, "fields"));
    for (const Json& known : *fields) {
      const bool is_same = Member(known, "source-id") != nullptr &&
                           known["source-id"] == field["source-id"] &&
                           known["transform"] == field["transform"];
      if (is_same) return OptionalId(known, "field-id");
    }
  }
  return std::nullopt;
}

/// A partition field as the document has it, its id given where it came without one.
Result<Json> PartitionField(const Json& asked, const Draft& draft, int32_t& last_id) {
  Json field = asked;
  const std::string name = TRY(Text(asked, "name"));
  if (name.empty()) return Refused("a partition field has no name");
  const std::string transform = TRY(Text(asked, "transform"));
  TRY(CheckTransform(transform));
  TRY(Id(asked, "source-id"));
  std::optional<int32_t> id = TRY(OptionalId(asked, "field-id"));
  if (!id) id = TRY(KnownPartitionId(draft.document, asked));
  field["field-id"] = id.value_or(last_id + 1);
  last_id = std::max(last_id, id.value_or(last_id + 1));
  return field;
}

/// A partition field may have a column's name only where it is that column.
Status CheckPartitionName(const std::vector<SchemaField>& columns, const Json& field) {
  const std::string name = field["name"].get<std::string>();
  const auto column = std::ranges::find(columns, name, &SchemaField::path);
  if (column == columns.end()) return Status::OK();
  const bool is_that_column = field["transform"] == "identity" && field["source-id"] == column->id;
  if (is_that_column || field["transform"] == "void") return Status::OK();
  return Refused("Cannot create partition field `{}`: the schema has a column of that name", name);
}

bool IsSameSpec(const Json& left, const Json& right) {
  const Json& a = left["fields"];
  const Json& b = right["fields"];
  return std::ranges::equal(a, b, [](const Json& one, const Json& other) {
    return one["name"] == other["name"] && one["transform"] == other["transform"] &&
           one["source-id"] == other["source-id"] && one["field-id"] == other["field-id"];
  });
}

/// The item of `list_name` that is the same as `item`, or the id that comes after all others.
struct Place {
  int32_t id = 0;
  bool is_known = false;
};
Result<Place> PlaceOf(const Json& document, std::string_view list_name, std::string_view id_name,
                      const Json& item, bool (*is_same)(const Json&, const Json&), int32_t first) {
  Place place{.id = first};
  const Json* list = Member(document, list_name);
  if (list == nullptr) return place;
  for (const Json& known : *list) {
    const int32_t id = TRY(Id(known, id_name));
    TRY(List(known, "fields"));
    if (is_same(known, item)) return Place{.id = id, .is_known = true};
    place.id = std::max(place.id, id + 1);
  }
  return place;
}

Status CheckSequential(const Json& fields, int64_t format_version) {
  if (format_version > 1) return Status::OK();
  int32_t expected = kPartitionIdBefore;
  for (const Json& field : fields) {
    if (field["field-id"] == ++expected) continue;
    return Refused(
        "Spec does not use sequential IDs that are required in v1: {} stands where {} "
        "belongs",
        JsonText(field["field-id"]), expected);
  }
  return Status::OK();
}

bool IsSameOrder(const Json& left, const Json& right) {
  return IsSame(left["fields"], right["fields"]);
}

Status CheckSortField(const Json& field, const std::vector<SchemaField>& columns) {
  const std::string transform = TRY(Text(field, "transform"));
  TRY(CheckTransform(transform));
  const int32_t source = TRY(Id(field, "source-id"));
  TRY(CheckSource(columns, source, "a sort field"));
  const std::string direction = TRY(Text(field, "direction"));
  if (direction != "asc" && direction != "desc") {
    return Refused("a sort direction is asc or desc, not `{}`", direction);
  }
  const std::string nulls = TRY(Text(field, "null-order"));
  if (nulls == "nulls-first" || nulls == "nulls-last") return Status::OK();
  return Refused("a null order is nulls-first or nulls-last, not `{}`", nulls);
}

}  // namespace

Status AddSpec(Draft& draft, const Json& update) {
  const Json* asked = TRY(Object(update, "spec"));
  const Json* fields = TRY(List(*asked, "fields"));
  const auto columns = TRY(ColumnsFor(draft));
  const auto last_known = TRY(OptionalId(draft.document, "last-partition-id"));
  int32_t last_id = last_known.value_or(kPartitionIdBefore);
  Json spec = *asked;
  spec["fields"] = Json::array();
  std::set<std::string> names;
  std::set<int32_t> ids;
  for (const Json& one : *fields) {
    Json field = TRY(PartitionField(one, draft, last_id));
    if (field["transform"] != "void") {
      TRY(CheckSource(columns, field["source-id"].get<int64_t>(), "a partition field"));
    }
    TRY(CheckPartitionName(columns, field));
    const bool is_new = names.insert(field["name"].get<std::string>()).second &&
                        ids.insert(field["field-id"].get<int32_t>()).second;
    if (!is_new) {
      return Refused("Cannot use partition name or id twice: {}", JsonText(field));
    }
    spec["fields"].push_back(std::move(field));
  }
  const int64_t version = TRY(draft.FormatVersion());
  TRY(CheckSequential(spec["fields"], version));
  const Place place =
      TRY(PlaceOf(draft.document, "partition-specs", "spec-id", spec, IsSameSpec, 0));
  draft.document["last-partition-id"] = last_id;
  draft.last_added_spec_id = place.id;
  if (place.is_known) return Status::OK();
  spec["spec-id"] = place.id;
  Append(draft.document, "partition-specs", std::move(spec));
  return Status::OK();
}

Status SetDefaultSpec(Draft& draft, const Json& update) {
  const int32_t asked = TRY(Id(update, "spec-id"));
  draft.document["default-spec-id"] =
      TRY(Chosen(draft, asked, draft.last_added_spec_id, "partition-specs", "spec-id"));
  return Status::OK();
}

Status RemovePartitionSpecs(Draft& draft, const Json& update) {
  const auto ids = TRY(Numbers(update, "spec-ids"));
  const int32_t current = TRY(Id(draft.document, "default-spec-id"));
  for (const int64_t id : ids) {
    if (id == current) return Refused("Cannot remove the default partition spec, {}", id);
    EraseById(draft.document, "partition-specs", "spec-id", id);
  }
  return Status::OK();
}

Status AddSortOrder(Draft& draft, const Json& update) {
  const Json* asked = TRY(Object(update, "sort-order"));
  const Json* fields = TRY(List(*asked, "fields"));
  const auto columns = TRY(ColumnsFor(draft));
  for (const Json& field : *fields) TRY(CheckSortField(field, columns));
  // Order 0 is the one without fields.
  const Place place = TRY(PlaceOf(draft.document, "sort-orders", "order-id", *asked, IsSameOrder,
                                  fields->empty() ? 0 : 1));
  draft.last_added_order_id = place.id;
  if (place.is_known) return Status::OK();
  Json order = *asked;
  order["order-id"] = fields->empty() ? 0 : place.id;
  draft.last_added_order_id = order["order-id"].get<int32_t>();
  Append(draft.document, "sort-orders", std::move(order));
  return Status::OK();
}

Status SetDefaultSortOrder(Draft& draft, const Json& update) {
  const int32_t asked = TRY(Id(update, "sort-order-id"));
  draft.document["default-sort-order-id"] =
      TRY(Chosen(draft, asked, draft.last_added_order_id, "sort-orders", "order-id"));
  return Status::OK();
}

Status CheckLayout(const Draft& draft) {
  const Json* schema = TRY(draft.CurrentSchema());
  const int64_t version = TRY(draft.FormatVersion());
  const auto columns = TRY(FieldsOf(*schema, version));
  const int32_t spec_id = TRY(Id(draft.document, "default-spec-id"));
  const Json* spec = FindById(draft.document, "partition-specs", "spec-id", spec_id);
  if (spec == nullptr) return Refused("the table has no partition spec {}", spec_id);
  const Json* partition_fields = TRY(List(*spec, "fields"));
  for (const Json& field : *partition_fields) {
    const std::string transform = TRY(Text(field, "transform"));
    const int32_t source = TRY(Id(field, "source-id"));
    if (transform != "void") TRY(CheckSource(columns, source, "a partition field"));
  }
  const int32_t order_id = TRY(Id(draft.document, "default-sort-order-id"));
  const Json* order = FindById(draft.document, "sort-orders", "order-id", order_id);
  if (order == nullptr) return Refused("the table has no sort order {}", order_id);
  const Json* sort_fields = TRY(List(*order, "fields"));
  for (const Json& field : *sort_fields) {
    const int32_t source = TRY(Id(field, "source-id"));
    TRY(CheckSource(columns, source, "a sort field"));
  }
  return Status::OK();
}

}  // namespace weir::table::changes
