// SPDX-License-Identifier: Apache-2.0
#include "serve/iceberg/new_object.h"

#include "serve/iceberg/names.h"

namespace weir::serve::iceberg {
namespace {

using table::changes::Json;
using table::changes::Refused;

Status Outside(const Lake& lake, std::string_view what, const std::string& place) {
  return Refused(
      "{} {} is not in a folder that this catalog gave to a table, {}<uuid>: create a "
      "table and write the rows into it",
      what, place, NewLocation(lake, ""));
}

}  // namespace

Result<catalog::ObjectName> NewName(const Lake& lake, const Call& call, const Json& body,
                                    catalog::ObjectKind kind) {
  catalog::ObjectName name{.levels = NamespaceIn(call)};
  name.name = TRY(table::changes::Text(body, "name"));
  TRY(CheckName(name.name));
  TRY(CheckWritable(lake, name.levels));
  const auto holder = TRY(lake.external.FindObject(name));
  if (holder) return NameIsTaken(*holder, kind);
  return name;
}

Result<std::string> ReadRegistered(const Lake& lake, const std::string& metadata_location) {
  if (!metadata_location.starts_with(NewLocation(lake, ""))) {
    return Outside(lake, "metadata file", metadata_location);
  }
  auto text = ReadMetadata(lake, metadata_location);
  if (text.ok() || KindOf(text.status()) == ErrorKind::kRetryLater) return text;
  return Refused("metadata file {} can't be read: {}", metadata_location, text.status().message());
}

Status CheckRegisteredLocation(const Lake& lake, const std::string& location) {
  return IsExternalLocation(lake, location) ? Status::OK() : Outside(lake, "location", location);
}

Json WithoutLocation(const Json& updates) {
  Json kept = Json::array();
  for (const Json& update : updates) {
    const Json* action = table::changes::Member(update, "action");
    if (action == nullptr || *action != "set-location") kept.push_back(update);
  }
  return kept;
}

}  // namespace weir::serve::iceberg
