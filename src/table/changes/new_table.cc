// SPDX-License-Identifier: Apache-2.0
#include "table/changes/new_table.h"

#include <charconv>

#include "table/changes/field_type.h"
#include "table/changes/schema.h"
#include "table/changes/table_updates.h"

namespace weir::table::changes {
namespace {

constexpr const char* kFormatVersionProperty = "format-version";

Result<int64_t> AskedFormatVersion(const std::map<std::string, std::string>& properties) {
  const auto asked = properties.find(kFormatVersionProperty);
  if (asked == properties.end()) return kFormatVersionDefault;
  const std::string& text = asked->second;
  int64_t version = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (error == std::errc() && end == text.data() + text.size()) return version;
  return Refused("property format-version is `{}`, which is no number", text.substr(0, 40));
}

/// `layout`, a spec or sort order, with sources by their new ids. `id_name`: its own id, which is
/// not the engine's to choose.
Result<Json> Translated(Json layout, const std::map<int32_t, int32_t>& new_ids,
                        const char* id_name) {
  TRY(List(layout, "fields"));
  for (Json& field : layout["fields"]) {
    const int32_t source = TRY(Id(field, "source-id"));
    const auto found = new_ids.find(source);
    if (found == new_ids.end()) return Refused("Cannot find source column: {}", source);
    field["source-id"] = found->second;
  }
  layout.erase(id_name);
  return layout;
}

/// Ids of partition fields follow from their order in a new table.
void DropFieldIds(Json& spec) {
  for (Json& field : spec["fields"]) field.erase("field-id");
}

}  // namespace

Result<Json> NewTable(const Json& request, const Birth& birth) {
  const Json* schema = TRY(Object(request, "schema"));
  auto properties = TRY(Texts(request, "properties"));
  const int64_t version = TRY(AskedFormatVersion(properties));
  properties.erase(kFormatVersionProperty);
  const Renumbered renumbered = TRY(Renumber(*schema, version));
  Json updates = Json::array({
      {{"action", "assign-uuid"}, {"uuid", birth.uuid}},
      {{"action", "upgrade-format-version"}, {"format-version", version}},
      {{"action", "set-location"}, {"location", birth.location}},
      {{"action", "add-schema"}, {"schema", renumbered.schema}},
      {{"action", "set-current-schema"}, {"schema-id", -1}},
      {{"action", "set-properties"}, {"updates", Json(properties)}},
  });
  if (const Json* asked = Member(request, "partition-spec")) {
    Json spec = TRY(Translated(*asked, renumbered.new_ids, "spec-id"));
    DropFieldIds(spec);
    updates.push_back({{"action", "add-spec"}, {"spec", std::move(spec)}});
    updates.push_back({{"action", "set-default-spec"}, {"spec-id", -1}});
  }
  if (const Json* asked = Member(request, "write-order")) {
    Json order = TRY(Translated(*asked, renumbered.new_ids, "order-id"));
    updates.push_back({{"action", "add-sort-order"}, {"sort-order", std::move(order)}});
    updates.push_back({{"action", "set-default-sort-order"}, {"sort-order-id", -1}});
  }
  return TableFrom(updates, birth.now_ms);
}

}  // namespace weir::table::changes
