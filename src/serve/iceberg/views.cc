// SPDX-License-Identifier: Apache-2.0
#include "serve/iceberg/views.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/ids.h"
#include "serve/answer.h"
#include "serve/iceberg/listing.h"
#include "serve/iceberg/names.h"
#include "serve/iceberg/namespaces.h"
#include "serve/iceberg/new_object.h"
#include "serve/iceberg/problem.h"
#include "table/changes/view_updates.h"

namespace weir::serve::iceberg {
namespace {

using table::changes::Json;
// Iceberg's Java client raises the exception of that name, as its own catalogs do here.
constexpr std::string_view kIllegalArgument = "IllegalArgumentException";

/// Views of Weir's own namespace do not exist, so reading one is no offence.
Result<catalog::ObjectEntry> FindView(const Lake& lake, const catalog::ObjectName& name) {
  auto found = TRY(lake.external.FindObject(name));
  if (found && found->kind == catalog::ObjectKind::kView) return *std::move(found);
  return NoView(name);
}

net::Response ViewAnswer(const std::string& metadata_location, const std::string& metadata) {
  return TextAnswer(200, "application/json",
                    fmt::format(R"({{"metadata-location":{},"metadata":{},"config":{{}}}})",
                                ToText(metadata_location), metadata));
}

}  // namespace

Result<net::Response> AnswerViews(const Lake& lake, const Call& call) {
  const catalog::Namespace levels = NamespaceIn(call);
  TRY(FindNamespace(lake, levels));
  auto names = TRY(lake.external.ListObjects(levels, catalog::ObjectKind::kView));
  return AnswerNames(levels, std::move(names), call);
}

Result<net::Response> AnswerView(const Lake& lake, const Call& call) {
  const catalog::ObjectEntry entry = TRY(FindView(lake, NameIn(call)));
  const std::string metadata = TRY(ReadMetadata(lake, entry.metadata_location));
  return ViewAnswer(entry.metadata_location, metadata);
}

Result<net::Response> AnswerViewExists(const Lake& lake, const Call& call) {
  TRY(FindView(lake, NameIn(call)));
  return EmptyAnswer(204);
}

Result<net::Response> CreateView(const Lake& lake, const Call& call) {
  const Json body = TRY(BodyOf(call));
  catalog::ObjectEntry entry{.kind = catalog::ObjectKind::kView, .uuid = NewUuid()};
  entry.name = TRY(NewName(lake, call, body, catalog::ObjectKind::kView));
  entry.location = NewLocation(lake, entry.uuid);
  const auto document = table::changes::NewView(
      body, {.uuid = entry.uuid, .location = entry.location, .now_ms = lake.clock.UnixMillis()});
  if (!document.ok()) return Problem(400, kIllegalArgument, document.status().message());
  const std::string text = table::changes::JsonText(*document);
  entry.metadata_location = TRY(PutMetadata(lake, entry.location, "", text));
  const Status created = Commit(lake, {catalog::CreateObject{entry}}, {entry},
                                {.status = 200, .metadata_location = entry.metadata_location});
  TRY(Worded(created, kCreating));
  return ViewAnswer(entry.metadata_location, text);
}

Result<net::Response> RegisterView(const Lake& lake, const Call& call) {
  const Json body = TRY(BodyOf(call));
  const catalog::ObjectName name = TRY(NewName(lake, call, body, catalog::ObjectKind::kView));
  const std::string metadata_location = TRY(table::changes::Text(body, "metadata-location"));
  const std::string text = TRY(ReadRegistered(lake, metadata_location));
  const Json document = TRY(table::changes::ParseObject(text));
  TRY(table::changes::CheckView(document));
  catalog::ObjectEntry entry{
      .name = name, .kind = catalog::ObjectKind::kView, .metadata_location = metadata_location};
  entry.uuid = TRY(table::changes::Text(document, "view-uuid"));
  entry.location = TRY(table::changes::Text(document, "location"));
  TRY(CheckRegisteredLocation(lake, entry.location));
  const Status registered = Commit(lake, {catalog::CreateObject{entry}}, {},
                                   {.status = 200, .metadata_location = metadata_location});
  TRY(Worded(registered, kCreating));
  return ViewAnswer(metadata_location, text);
}

Result<net::Response> ReplaceView(const Lake& lake, const Call& call) {
  const Json body = TRY(BodyOf(call));
  const Json* updates = TRY(table::changes::List(body, "updates"));
  const catalog::ObjectEntry before =
      TRY(FindWritable(lake, NameIn(call), catalog::ObjectKind::kView));
  const Json base = TRY(LoadDocument(lake, before));
  if (table::changes::Member(body, "requirements") != nullptr) {
    const Json* requirements = TRY(table::changes::List(body, "requirements"));
    TRY(Worded(table::changes::CheckViewRequirements(base, *requirements), {}));
  }
  const Json document =
      TRY(table::changes::UpdatedView(base, WithoutLocation(*updates), lake.clock.UnixMillis()));
  const std::string text = table::changes::JsonText(document);
  if (table::changes::IsSame(document, base)) return ViewAnswer(before.metadata_location, text);
  catalog::ObjectEntry next = before;
  next.metadata_location = TRY(PutMetadata(lake, before.location, before.metadata_location, text));
  const catalog::MoveObject step{.next = next,
                                 .expected_metadata_location = before.metadata_location};
  const Status replaced =
      Commit(lake, {step}, {next}, {.status = 200, .metadata_location = next.metadata_location});
  TRY(Worded(replaced, {}));
  return ViewAnswer(next.metadata_location, text);
}

Result<net::Response> DropView(const Lake& lake, const Call& call) {
  const catalog::ObjectName name = NameIn(call);
  TRY(FindWritable(lake, name, catalog::ObjectKind::kView));
  const catalog::DropObject step{.kind = catalog::ObjectKind::kView, .name = name};
  TRY(Worded(Commit(lake, {step}, {}, {}), {.not_found = "NoSuchViewException"}));
  return EmptyAnswer(204);
}

}  // namespace weir::serve::iceberg
