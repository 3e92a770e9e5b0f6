// SPDX-License-Identifier: Apache-2.0
#include "serve/iceberg/load_table.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>

#include "serve/answer.h"
#include "serve/iceberg/names.h"
#include "serve/iceberg/problem.h"

namespace weir::serve::iceberg {
namespace {

using nlohmann::ordered_json;

enum class Snapshots { kAll, kReferenced };

Result<Snapshots> SnapshotsAsked(const QueryParameters& parameters) {
  const auto asked = parameters.Find("snapshots");
  if (!asked || asked->empty() || *asked == "all") return Snapshots::kAll;
  if (*asked == "refs") return Snapshots::kReferenced;
  return Error(ErrorKind::kBadRequest, "snapshots must be all or refs");
}

/// A metadata file never changes, so its name stands for its content.
std::string ETagOf(const std::string& metadata_location, Snapshots snapshots) {
  return fmt::format("\"{}{}\"", metadata_location.substr(metadata_location.rfind('/') + 1),
                     snapshots == Snapshots::kAll ? "" : "-refs");
}

/// Whether `etag` is in the list of If-None-Match; a weak one counts (RFC 9110, 13.1.2).
bool IsKnown(std::string_view if_none_match, std::string_view etag) {
  return if_none_match == "*" || if_none_match.find(etag) != std::string_view::npos;
}

/// Leaves out the snapshots that no branch or tag points at.
void KeepReferenced(ordered_json& metadata) {
  std::set<int64_t> referenced;
  const auto keep = [&](const ordered_json& owner, const char* key) {
    const auto id = owner.find(key);
    if (id != owner.end() && id->is_number_integer()) referenced.insert(id->get<int64_t>());
  };
  keep(metadata, "current-snapshot-id");
  if (metadata.contains("refs")) {
    for (const auto& reference : metadata["refs"]) keep(reference, "snapshot-id");
  }
  if (!metadata.contains("snapshots") || !metadata["snapshots"].is_array()) return;
  ordered_json kept = ordered_json::array();
  for (auto& snapshot : metadata["snapshots"]) {
    const auto id = snapshot.find("snapshot-id");
    const bool is_kept =
        id != snapshot.end() && id->is_number_integer() && referenced.contains(id->get<int64_t>());
    if (is_kept) kept.push_back(std::move(snapshot));
  }
  metadata["snapshots"] = std::move(kept);
}

/// `metadata` as asked for. Errors: kInternal when it is not a JSON object.
Result<std::string> Shown(std::string metadata, const std::string& location, Snapshots snapshots) {
  if (snapshots == Snapshots::kAll) return metadata;
  auto json = ordered_json::parse(metadata, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) {
    return Error(ErrorKind::kInternal, fmt::format("{} is not a JSON object", location));
  }
  KeepReferenced(json);
  return ToText(json);
}

struct Loaded {
  std::string metadata_location;
  std::string metadata;
};

/// Where a table is, by both catalogs. Weir's own tables come first. Errors: Problem 404.
Result<std::string> FindLocation(const Lake& lake, const catalog::ObjectName& name) {
  if (name.levels.size() == 1) {
    const auto own = lake.own.Find({.schema = name.levels[0], .name = name.name});
    if (own.ok()) return own->metadata_location;
    if (KindOf(own.status()) != ErrorKind::kNotFound) return own.status();
  }
  const auto found = TRY(lake.external.FindObject(name));
  if (!found || found->kind != catalog::ObjectKind::kTable) return NoTable(name);
  return found->metadata_location;
}

/// Weir's own files are never gone but by a fault; an engine may have deleted its own.
Status WordMissing(const Lake& lake, const catalog::ObjectName& name, const std::string& location) {
  const auto external = TRY(lake.external.FindObject(name));
  if (external && external->metadata_location == location) {
    return MissingMetadata(location);
  }
  return Error(ErrorKind::kInternal,
               fmt::format("metadata of {} is missing: {}", name.ToString(), location));
}

Result<Loaded> Load(const Lake& lake, const catalog::ObjectName& name) {
  Loaded loaded;
  loaded.metadata_location = TRY(FindLocation(lake, name));
  auto metadata = ReadMetadata(lake, loaded.metadata_location);
  if (!metadata.ok() && KindOf(metadata.status()) == ErrorKind::kNotFound) {
    // The table may have moved on and expired that file between the two reads; a second miss is
    // real.
    loaded.metadata_location = TRY(FindLocation(lake, name));
    metadata = ReadMetadata(lake, loaded.metadata_location);
    if (!metadata.ok() && KindOf(metadata.status()) == ErrorKind::kNotFound) {
      return WordMissing(lake, name, loaded.metadata_location);
    }
  }
  loaded.metadata = TRY(std::move(metadata));
  return loaded;
}

}  // namespace

net::Response TableAnswer(const std::string& metadata_location, const std::string& metadata) {
  // The document goes out as it lies in the store: parsing and printing megabytes would buy
  // nothing.
  net::Response response =
      TextAnswer(200, "application/json",
                 fmt::format(R"({{"metadata-location":{},"metadata":{},"config":{{}}}})",
                             ToText(metadata_location), metadata));
  response.headers.push_back({"etag", ETagOf(metadata_location, Snapshots::kAll)});
  return response;
}

Result<net::Response> AnswerTable(const Lake& lake, const Call& call) {
  const Snapshots snapshots = TRY(SnapshotsAsked(call.parameters));
  const catalog::ObjectName name = NameIn(call);
  const std::string current = TRY(FindLocation(lake, name));
  const std::string known = ETagOf(current, snapshots);
  if (IsKnown(call.request.head.Find("if-none-match"), known)) {
    net::Response unchanged = EmptyAnswer(304);
    unchanged.headers.push_back({"etag", known});
    return unchanged;
  }
  Loaded loaded = TRY(Load(lake, name));  // May be newer than what was found above.
  const std::string metadata =
      TRY(Shown(std::move(loaded.metadata), loaded.metadata_location, snapshots));
  net::Response response = TableAnswer(loaded.metadata_location, metadata);
  response.headers.back().value = ETagOf(loaded.metadata_location, snapshots);
  return response;
}

Result<net::Response> AnswerTableExists(const Lake& lake, const Call& call) {
  TRY(FindLocation(lake, NameIn(call)));
  return EmptyAnswer(204);
}

}  // namespace weir::serve::iceberg
