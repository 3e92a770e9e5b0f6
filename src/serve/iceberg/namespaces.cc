// SPDX-License-Identifier: Apache-2.0
#include "serve/iceberg/namespaces.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "serve/answer.h"
#include "serve/iceberg/names.h"
#include "serve/iceberg/problem.h"
#include "serve/paging.h"

namespace weir::serve::iceberg {
namespace {

using table::changes::Json;
using table::changes::Refused;

constexpr Meaning kMeaning{.not_found = "NoSuchNamespaceException",
                           .conflict = "AlreadyExistsException"};

/// What a change of properties did, as clients want it told.
struct PropertyChange {
  catalog::Properties next;
  Json updated = Json::array(), removed = Json::array(), missing = Json::array();
};

Result<PropertyChange> Changed(const catalog::Properties& before, const Json& body) {
  PropertyChange change{.next = before};
  const auto updates = TRY(table::changes::Texts(body, "updates"));
  std::vector<std::string> removals;
  if (table::changes::Member(body, "removals") != nullptr) {
    removals = TRY(table::changes::TextList(body, "removals"));
  }
  for (const std::string& name : removals) {
    if (updates.contains(name)) {
      return Problem(422, "UnprocessableEntityException",
                     fmt::format("property {} is to be both set and removed", name));
    }
    Json& list = change.next.erase(name) > 0 ? change.removed : change.missing;
    list.push_back(name);
  }
  for (const auto& [name, value] : updates) {
    change.next[name] = value;
    change.updated.push_back(name);
  }
  return change;
}

/// The last levels of what is directly below `parent`, sorted.
Result<std::vector<std::string>> NamesBelow(const Lake& lake, const catalog::Namespace& parent) {
  std::set<std::string> names;
  const auto external = TRY(lake.external.ListNamespaces(parent));
  for (const catalog::Namespace& levels : external) names.insert(levels.back());
  if (parent.empty()) {
    const auto schemas = TRY(lake.own.ListSchemas());
    names.insert(schemas.begin(), schemas.end());
  }
  return std::vector<std::string>(names.begin(), names.end());
}

}  // namespace

Result<catalog::Properties> FindNamespace(const Lake& lake, const catalog::Namespace& levels) {
  auto external = TRY(lake.external.FindNamespace(levels));
  if (external) return *std::move(external);
  if (levels.size() != 1) return NoNamespace(levels);
  const bool is_own = TRY(lake.own.HasSchema(levels[0]));
  if (!is_own) return NoNamespace(levels);
  return catalog::Properties();
}

Result<net::Response> AnswerNamespaces(const Lake& lake, const Call& call) {
  catalog::Namespace parent;
  const auto asked = call.parameters.Find("parent");
  if (asked && !asked->empty()) {
    parent = catalog::SplitLevels(*asked);
    TRY(FindNamespace(lake, parent));
  }
  auto names = TRY(NamesBelow(lake, parent));
  const Page page = TRY(PageOf(std::move(names), call.parameters));
  Json namespaces = Json::array();
  for (const std::string& name : page.names) {
    catalog::Namespace levels = parent;
    levels.push_back(name);
    namespaces.push_back(Json(levels));
  }
  return JsonAnswer(200, {{"namespaces", namespaces}, {"next-page-token", page.NextToken()}});
}

Result<net::Response> AnswerNamespace(const Lake& lake, const Call& call) {
  const catalog::Namespace levels = NamespaceIn(call);
  const auto properties = TRY(FindNamespace(lake, levels));
  return JsonAnswer(200, {{"namespace", Json(levels)}, {"properties", Json(properties)}});
}

Result<net::Response> AnswerNamespaceExists(const Lake& lake, const Call& call) {
  TRY(FindNamespace(lake, NamespaceIn(call)));
  return EmptyAnswer(204);
}

Result<net::Response> CreateNamespace(const Lake& lake, const Call& call) {
  const Json body = TRY(BodyOf(call));
  const catalog::Namespace levels = TRY(ReadNamespace(body, "namespace"));
  const auto properties = TRY(table::changes::Texts(body, "properties"));
  const bool is_own = TRY(IsOwn(lake, levels));
  if (is_own && levels.size() == 1) {
    return Problem(409, "AlreadyExistsException",
                   fmt::format("Namespace already exists: {}; it is Weir's own", levels[0]));
  }
  if (is_own) return BelongsToWeir({levels[0]});
  const net::Response response =
      JsonAnswer(200, {{"namespace", Json(levels)}, {"properties", Json(properties)}});
  const catalog::CreateNamespace step{.levels = levels, .properties = properties};
  const Status created = Commit(lake, {step}, {}, {.status = 200, .body = response.body});
  TRY(Worded(created, kMeaning));
  return response;
}

Result<net::Response> DropNamespace(const Lake& lake, const Call& call) {
  const catalog::Namespace levels = NamespaceIn(call);
  TRY(CheckWritable(lake, levels));
  const Status dropped = Commit(lake, {catalog::DropNamespace{.levels = levels}}, {}, {});
  TRY(Worded(dropped,
             {.not_found = "NoSuchNamespaceException", .conflict = "NamespaceNotEmptyException"}));
  return EmptyAnswer(204);
}

Result<net::Response> UpdateProperties(const Lake& lake, const Call& call) {
  const catalog::Namespace levels = NamespaceIn(call);
  const Json body = TRY(BodyOf(call));
  TRY(CheckWritable(lake, levels));
  const auto before = TRY(FindNamespace(lake, levels));
  PropertyChange change = TRY(Changed(before, body));
  const catalog::SetProperties step{.levels = levels, .expected = before, .next = change.next};
  const net::Response response = JsonAnswer(200, {{"updated", std::move(change.updated)},
                                                  {"removed", std::move(change.removed)},
                                                  {"missing", std::move(change.missing)}});
  const Status set = Commit(lake, {step}, {}, {.status = 200, .body = response.body});
  TRY(Worded(set, {.not_found = "NoSuchNamespaceException", .conflict = "CommitFailedException"}));
  return response;
}

}  // namespace weir::serve::iceberg
