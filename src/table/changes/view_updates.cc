// SPDX-License-Identifier: Apache-2.0
#include "table/changes/view_updates.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <vector>

#include "table/changes/definition_updates.h"
#include "table/changes/field_type.h"
#include "table/changes/schema.h"

namespace weir::table::changes {
namespace {

constexpr int64_t kViewVersion = 1;
// As Iceberg's `version.history.num-entries`.
constexpr size_t kVersionsDefault = 10;

/// Beside what tables and views share.
struct ViewDraft {
  Draft common;
  std::optional<int32_t> last_added_version_id;
  std::set<int32_t> added_versions;
};

const Json* FindVersion(const Json& document, int64_t id) {
  return FindById(document, "versions", "version-id", id);
}

/// The dialects of a version's texts. Errors: kBadRequest where one is there twice, or none.
Result<std::set<std::string>> DialectsOf(const Json& version) {
  const Json* representations = TRY(List(version, "representations"));
  std::set<std::string> dialects;
  for (const Json& one : *representations) {
    const std::string type = TRY(Text(one, "type"));
    if (type != "sql") continue;
    TRY(Text(one, "sql"));
    std::string dialect = TRY(Text(one, "dialect"));
    std::ranges::transform(dialect, dialect.begin(), [](unsigned char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : static_cast<char>(c);
    });
    if (!dialects.insert(dialect).second) {
      return Refused("Invalid view version: Cannot add multiple queries for dialect {}", dialect);
    }
  }
  if (representations->empty()) return Refused("a view version has no representations");
  return dialects;
}

bool IsSameVersion(const Json& left, const Json& right) {
  Json a = left, b = right;
  for (Json* version : {&a, &b}) {
    version->erase("version-id");
    version->erase("timestamp-ms");
  }
  return IsSame(a, b);
}

Status AddVersion(ViewDraft& draft, const Json& update) {
  const Json* asked = TRY(Object(update, "view-version"));
  Json& document = draft.common.document;
  TRY(DialectsOf(*asked));
  TRY(Number(*asked, "timestamp-ms"));
  TRY(Texts(*asked, "summary"));
  TRY(TextList(*asked, "default-namespace"));
  const int32_t schema_id = TRY(Id(*asked, "schema-id"));
  Json version = *asked;
  version["schema-id"] = TRY(
      Chosen(draft.common, schema_id, draft.common.last_added_schema_id, "schemas", "schema-id"));
  int32_t next_id = 1;
  if (const Json* versions = Member(document, "versions")) {
    for (const Json& known : *versions) {
      const int32_t id = TRY(Id(known, "version-id"));
      next_id = std::max(next_id, id + 1);
      if (!IsSameVersion(known, version)) continue;
      draft.last_added_version_id = id;
      return Status::OK();
    }
  }
  version["version-id"] = next_id;
  Append(document, "versions", std::move(version));
  draft.last_added_version_id = next_id;
  draft.added_versions.insert(next_id);
  return Status::OK();
}

/// A property that is a word or, where it is missing, nothing.
std::string PropertyOf(const Json& document, std::string_view name) {
  const Json* properties = Member(document, "properties");
  const Json* value = properties == nullptr ? nullptr : Member(*properties, name);
  return value == nullptr || !value->is_string() ? "" : value->get<std::string>();
}

Status CheckDialectsStay(const Json& document, const Json& from, const Json& to) {
  if (PropertyOf(document, "replace.drop-dialect.allowed") == "true") return Status::OK();
  const auto before = TRY(DialectsOf(from));
  const auto after = TRY(DialectsOf(to));
  if (std::ranges::includes(after, before)) return Status::OK();
  return Refused(
      "Cannot replace view due to loss of view dialects (replace.drop-dialect.allowed=false): "
      "previous dialects: [{}], new dialects: [{}]",
      fmt::join(before, ", "), fmt::join(after, ", "));
}

Status SetCurrentVersion(ViewDraft& draft, const Json& update) {
  const int32_t asked = TRY(Id(update, "view-version-id"));
  const int32_t id =
      TRY(Chosen(draft.common, asked, draft.last_added_version_id, "versions", "version-id"));
  draft.common.document["current-version-id"] = id;
  return Status::OK();
}

struct ViewAction {
  std::string_view name;
  Status (*apply)(ViewDraft& draft, const Json& update);
};

template <Update update_of>
Status Common(ViewDraft& draft, const Json& update) {
  return update_of(draft.common, update);
}

/// A view may show any type: it stores none.
Status AddViewSchema(ViewDraft& draft, const Json& update) {
  return AddSchemaOf(kFormatVersionMax, draft.common, update);
}

Status UpgradeView(ViewDraft& draft, const Json& update) {
  const int64_t version = TRY(Number(update, "format-version"));
  if (version != kViewVersion) return Refused("views have format version 1, not {}", version);
  draft.common.document["format-version"] = version;
  return Status::OK();
}

constexpr std::array<ViewAction, 8> kActions = {{
    {"assign-uuid", Common<AssignUuid>},
    {"upgrade-format-version", UpgradeView},
    {"add-schema", AddViewSchema},
    {"set-location", Common<SetLocation>},
    {"set-properties", Common<SetProperties>},
    {"remove-properties", Common<RemoveProperties>},
    {"add-view-version", AddVersion},
    {"set-current-view-version", SetCurrentVersion},
}};

size_t VersionsMax(const Json& document) {
  const std::string text = PropertyOf(document, "version.history.num-entries");
  size_t count = kVersionsDefault;
  std::from_chars(text.data(), text.data() + text.size(), count);
  return std::max<size_t>(count, 1);
}

/// Drops the oldest versions beyond what the view keeps, never the current one, and the log before
/// them.
Status ExpireVersions(Json& document, int32_t current_id) {
  const Json* versions = TRY(List(document, "versions"));
  std::vector<int32_t> ids;
  for (const Json& version : *versions) {
    const int32_t id = TRY(Id(version, "version-id"));
    if (id != current_id) ids.push_back(id);
  }
  std::ranges::sort(ids);
  const size_t others_max = VersionsMax(document) - 1;
  for (size_t i = 0; i + others_max < ids.size(); ++i) {
    EraseById(document, "versions", "version-id", ids[i]);
  }
  Json log = Json::array();
  for (const Json& entry : document["version-log"]) {
    const int32_t id = TRY(Id(entry, "version-id"));
    if (FindVersion(document, id) == nullptr) {
      log = Json::array();
    } else {
      log.push_back(entry);
    }
  }
  document["version-log"] = std::move(log);
  return Status::OK();
}

/// `before_id`: the current version before the updates, where there was one.
Status Finish(ViewDraft& draft, std::optional<int32_t> before_id) {
  Json& document = draft.common.document;
  const int32_t current_id = TRY(Id(document, "current-version-id"));
  if (before_id == current_id) return Status::OK();
  const Json* current = FindVersion(document, current_id);
  if (current == nullptr) return Refused("the view has no version {}", current_id);
  if (before_id) {
    const Json* before = FindVersion(document, *before_id);
    if (before != nullptr) TRY(CheckDialectsStay(document, *before, *current));
  }
  int64_t at_ms = draft.common.now_ms;
  if (draft.added_versions.contains(current_id)) at_ms = TRY(Number(*current, "timestamp-ms"));
  Append(document, "version-log", {{"timestamp-ms", at_ms}, {"version-id", current_id}});
  return ExpireVersions(document, current_id);
}

Status ApplyAll(ViewDraft& draft, const Json& updates) {
  for (const Json& update : updates) {
    const std::string name = TRY(Text(update, "action"));
    const auto action = std::ranges::find(kActions, name, &ViewAction::name);
    if (action == kActions.end()) {
      return Refused("there is no update `{}` of views", name.substr(0, 60));
    }
    TRY(action->apply(draft, update));
  }
  return Status::OK();
}

}  // namespace

Result<Json> NewView(const Json& request, const Birth& birth) {
  const Json* schema = TRY(Object(request, "schema"));
  const Json* version = TRY(Object(request, "view-version"));
  const auto properties = TRY(Texts(request, "properties"));
  Json first = *version;
  first["schema-id"] = -1;
  ViewDraft draft{.common = {.document = {{"view-uuid", birth.uuid},
                                          {"format-version", kViewVersion},
                                          {"location", birth.location},
                                          {"properties", Json(properties)},
                                          {"schemas", Json::array()},
                                          {"versions", Json::array()},
                                          {"version-log", Json::array()}},
                             .now_ms = birth.now_ms}};
  TRY(ApplyAll(draft, Json::array({
                          {{"action", "add-schema"}, {"schema", *schema}},
                          {{"action", "add-view-version"}, {"view-version", std::move(first)}},
                          {{"action", "set-current-view-version"}, {"view-version-id", -1}},
                      })));
  TRY(Finish(draft, std::nullopt));
  draft.common.document.erase("last-column-id");
  return std::move(draft.common.document);
}

Result<Json> UpdatedView(const Json& base, const Json& updates, int64_t now_ms) {
  TRY(CheckView(base));
  const int32_t before_id = TRY(Id(base, "current-version-id"));
  ViewDraft draft{.common = {.document = base, .now_ms = now_ms}};
  TRY(ApplyAll(draft, updates));
  draft.common.document.erase("last-column-id");
  TRY(Finish(draft, before_id));
  return std::move(draft.common.document);
}

Status CheckView(const Json& document) {
  const int64_t format_version = TRY(Number(document, "format-version"));
  if (format_version != kViewVersion) {
    return Refused("views have format version 1, not {}", format_version);
  }
  TRY(Text(document, "view-uuid"));
  TRY(Text(document, "location"));
  TRY(Texts(document, "properties"));
  const Json* schemas = TRY(List(document, "schemas"));
  for (const Json& schema : *schemas) TRY(FieldsOf(schema, kFormatVersionMax));
  const Json* versions = TRY(List(document, "versions"));
  for (const Json& version : *versions) {
    TRY(Id(version, "version-id"));
    TRY(DialectsOf(version));
  }
  TRY(List(document, "version-log"));
  const int32_t current = TRY(Id(document, "current-version-id"));
  if (FindVersion(document, current) != nullptr) return Status::OK();
  return Refused("current-version-id names no version: {}", current);
}

}  // namespace weir::table::changes
