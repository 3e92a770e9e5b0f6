// SPDX-License-Identifier: Apache-2.0
#include "serve/iceberg/tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "base/ids.h"
#include "serve/answer.h"
#include "serve/iceberg/listing.h"
#include "serve/iceberg/load_table.h"
#include "serve/iceberg/names.h"
#include "serve/iceberg/namespaces.h"
#include "serve/iceberg/new_object.h"
#include "serve/iceberg/problem.h"
#include "table/changes/new_table.h"
#include "table/changes/table_document.h"

namespace weir::serve::iceberg {
namespace {

using table::changes::Json;

bool IsTrue(const Json& body, std::string_view name) {
  const Json* value = table::changes::Member(body, name);
  return value != nullptr && value->is_boolean() && value->get<bool>();
}

/// PyIceberg writes `True`.
bool IsTrue(const std::optional<std::string_view>& text) {
  return text && std::ranges::equal(*text, std::string_view("true"), [](char a, char b) {
           return (a >= 'A' && a <= 'Z' ? a + ('a' - 'A') : a) == b;
         });
}

/// A table that already has a metadata file in the warehouse.
Result<catalog::ObjectEntry> Registered(const Lake& lake, const catalog::ObjectName& name,
                                        const std::string& metadata_location,
                                        const std::string& text) {
  Json parsed = TRY(table::changes::ParseObject(text));
  const Json document = TRY(table::changes::CheckedTable(std::move(parsed)));
  catalog::ObjectEntry entry{.name = name, .metadata_location = metadata_location};
  entry.uuid = TRY(table::changes::Text(document, "table-uuid"));
  entry.location = TRY(table::changes::Text(document, "location"));
  TRY(CheckRegisteredLocation(lake, entry.location));
  return entry;
}

}  // namespace

Result<net::Response> AnswerTables(const Lake& lake, const Call& call) {
  const catalog::Namespace levels = NamespaceIn(call);
  TRY(FindNamespace(lake, levels));
  std::set<std::string> names;
  if (levels.size() == 1) {
    const bool has_own = TRY(lake.own.HasSchema(levels[0]));
    if (has_own) {
      const auto own = TRY(lake.own.ListTables(levels[0]));
      for (const auto& entry : own) names.insert(entry.name.name);
    }
  }
  const auto external = TRY(lake.external.ListObjects(levels, catalog::ObjectKind::kTable));
  names.insert(external.begin(), external.end());
  return AnswerNames(levels, {names.begin(), names.end()}, call);
}

Result<net::Response> CreateTable(const Lake& lake, const Call& call) {
  const Json body = TRY(BodyOf(call));
  const catalog::ObjectName name = TRY(NewName(lake, call, body, catalog::ObjectKind::kTable));
  // A location that the client asks for is not taken: what lies in a table's folder is that
  // table's.
  catalog::ObjectEntry entry{.name = name, .uuid = NewUuid()};
  entry.location = NewLocation(lake, entry.uuid);
  const Json document = TRY(table::changes::NewTable(
      body, {.uuid = entry.uuid, .location = entry.location, .now_ms = lake.clock.UnixMillis()}));
  const std::string text = table::changes::JsonText(document);
  if (IsTrue(body, "stage-create")) {
    return TextAnswer(200, "application/json",
                      fmt::format(R"({{"metadata":{},"config":{{}}}})", text));
  }
  entry.metadata_location = TRY(PutMetadata(lake, entry.location, "", text));
  const Status created = Commit(lake, {catalog::CreateObject{entry}}, {entry},
                                {.status = 200, .metadata_location = entry.metadata_location});
  TRY(Worded(created, kCreating));
  return TableAnswer(entry.metadata_location, text);
}

Result<net::Response> RegisterTable(const Lake& lake, const Call& call) {
  const Json body = TRY(BodyOf(call));
  std::vector<catalog::Step> steps;
  auto name = NewName(lake, call, body, catalog::ObjectKind::kTable);
  if (!name.ok() && IsTrue(body, "overwrite")) {
    catalog::ObjectName taken{.levels = NamespaceIn(call)};
    taken.name = TRY(table::changes::Text(body, "name"));
    const auto holder = TRY(lake.external.FindObject(taken));
    if (holder && holder->kind == catalog::ObjectKind::kTable) {
      steps.push_back(catalog::DropObject{.name = taken});
      name = taken;
    }
  }
  const catalog::ObjectName registered_name = TRY(std::move(name));
  const std::string metadata_location = TRY(table::changes::Text(body, "metadata-location"));
  const std::string text = TRY(ReadRegistered(lake, metadata_location));
  const catalog::ObjectEntry entry =
      TRY(Registered(lake, registered_name, metadata_location, text));
  steps.push_back(catalog::CreateObject{entry});
  // What is registered was there before, so it stays where the change fails: nothing was written.
  const Status registered =
      Commit(lake, steps, {}, {.status = 200, .metadata_location = metadata_location});
  TRY(Worded(registered, kCreating));
  return TableAnswer(metadata_location, text);
}

Result<net::Response> DropTable(const Lake& lake, const Call& call) {
  const catalog::ObjectName name = NameIn(call);
  TRY(FindWritable(lake, name, catalog::ObjectKind::kTable));
  const bool is_purged = IsTrue(call.parameters.Find("purgeRequested"));
  const catalog::DropObject step{.name = name, .is_purged = is_purged};
  TRY(Worded(Commit(lake, {step}, {}, {}), {}));
  if (is_purged) lake.purger.Wake();
  return EmptyAnswer(204);
}

Result<net::Response> RenameObject(const Lake& lake, const Call& call, catalog::ObjectKind kind) {
  const Json body = TRY(BodyOf(call));
  const Json* source = TRY(table::changes::Object(body, "source"));
  const Json* destination = TRY(table::changes::Object(body, "destination"));
  const catalog::ObjectName from = TRY(ReadIdentifier(*source));
  const catalog::ObjectName to = TRY(ReadIdentifier(*destination));
  TRY(FindWritable(lake, from, kind));
  TRY(CheckWritable(lake, to.levels));
  if (from == to) return EmptyAnswer(204);
  const auto holder = TRY(lake.external.FindObject(to));
  if (holder) {
    return Problem(409, "AlreadyExistsException",
                   fmt::format("Cannot rename {} to {}. {} already exists", from.ToString(),
                               to.ToString(), KindName(holder->kind)));
  }
  const catalog::RenameObject step{.kind = kind, .from = from, .to = to};
  TRY(Worded(Commit(lake, {step}, {}, {}), {.conflict = "AlreadyExistsException"}));
  return EmptyAnswer(204);
}

}  // namespace weir::serve::iceberg
