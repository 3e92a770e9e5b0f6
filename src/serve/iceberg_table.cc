// SPDX-License-Identifier: Apache-2.0
#include "serve/iceberg_table.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>

namespace weir::serve {
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
std::string ETagOf(const catalog::TableEntry& entry, Snapshots snapshots) {
  const std::string& location = entry.metadata_location;
  return fmt::format("\"{}{}\"", location.substr(location.rfind('/') + 1),
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

Result<std::string> MetadataText(TableDocument document, Snapshots snapshots) {
  if (snapshots == Snapshots::kAll) return std::move(document.metadata);
  auto metadata = TRY(ParseMetadata(document));
  KeepReferenced(metadata);
  return ToText(metadata);
}

net::Response NoTable(const Call& call) {
  return ErrorAnswer(
      ErrorStyle::kIceberg, 404, "NoSuchTableException",
      fmt::format("table does not exist: {}.{}", call.arguments[0], call.arguments[1]));
}

catalog::TableName NameIn(const Call& call) {
  return {.schema = call.arguments[0], .name = call.arguments[1]};
}

Result<net::Response> LoadTable(const TableSource& tables, const Call& call) {
  const Snapshots snapshots = TRY(SnapshotsAsked(call.parameters));
  const auto current = TRY(tables.Find(NameIn(call)));
  const std::string known = ETagOf(current, snapshots);
  if (IsKnown(call.request.head.Find("if-none-match"), known)) {
    net::Response unchanged = EmptyAnswer(304);
    unchanged.headers.push_back({"etag", known});
    return unchanged;
  }
  auto document = TRY(tables.Load(NameIn(call)));  // May be newer than what Find saw.
  const std::string etag = ETagOf(document.entry, snapshots);
  const std::string location = ToText(document.entry.metadata_location);
  const std::string metadata = TRY(MetadataText(std::move(document), snapshots));
  // The document goes out as it lies in the store: parsing and printing megabytes would buy
  // nothing.
  net::Response response = TextAnswer(
      200, "application/json",
      fmt::format(R"({{"metadata-location":{},"metadata":{},"config":{{}}}})", location, metadata));
  response.headers.push_back({"etag", etag});
  return response;
}

/// Turns kNotFound into the exception that engines understand.
Result<net::Response> OrNoTable(const Call& call, Result<net::Response> answer) {
  const bool is_missing = !answer.ok() && KindOf(answer.status()) == ErrorKind::kNotFound;
  return is_missing ? NoTable(call) : std::move(answer);
}

}  // namespace

Result<net::Response> AnswerTable(const TableSource& tables, const Call& call) {
  return OrNoTable(call, LoadTable(tables, call));
}

Result<net::Response> AnswerTableExists(const TableSource& tables, const Call& call) {
  auto entry = tables.Find(NameIn(call));
  if (entry.ok()) return EmptyAnswer(204);
  return OrNoTable(call, entry.status());
}

}  // namespace weir::serve
