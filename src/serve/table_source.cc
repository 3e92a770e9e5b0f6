// SPDX-License-Identifier: Apache-2.0
#include "serve/table_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/compression.h"
#include "serve/request_target.h"

namespace weir::serve {
namespace {

// A metadata file of a table with ten thousand snapshots is about 10 MB.
constexpr size_t kMetadataBytesMax = 256 << 20;

}  // namespace

Result<bool> TableSource::HasSchema(const std::string& schema) const {
  const auto schemas = TRY(catalog_.ListSchemas());
  return std::ranges::find(schemas, schema) != schemas.end();
}

Result<std::vector<catalog::TableEntry>> TableSource::ListTables(const std::string& schema) const {
  const bool has_schema = TRY(HasSchema(schema));
  if (!has_schema) return Error(ErrorKind::kNotFound, fmt::format("no schema {}", schema));
  return catalog_.ListTables(schema);
}

Result<catalog::TableEntry> TableSource::Find(const catalog::TableName& name) const {
  if (!catalog::IsValidName(name.schema) || !catalog::IsValidName(name.name)) {
    return Error(ErrorKind::kNotFound, fmt::format("no table {}", name.ToString()));
  }
  return catalog_.Load(name);
}

Result<TableDocument> TableSource::Load(const catalog::TableEntry& entry) const {
  const std::string path = TRY(PathOf(entry.metadata_location));
  std::string bytes = TRY(store_.Read(path));
  if (path.ends_with(".gz.metadata.json")) {
    bytes = TRY(Decompress(Compression::kGzip, bytes, kMetadataBytesMax));
  }
  return TableDocument{.entry = entry, .metadata = std::move(bytes)};
}

Result<TableDocument> TableSource::Load(const catalog::TableName& name) const {
  const auto entry = TRY(Find(name));
  auto document = Load(entry);
  if (document.ok() || KindOf(document.status()) != ErrorKind::kNotFound) return document;
  // The table may have moved on and expired that file between the two reads; a second miss is real.
  const auto current = TRY(Find(name));
  document = Load(current);
  if (document.ok() || KindOf(document.status()) != ErrorKind::kNotFound) return document;
  return Error(ErrorKind::kInternal, fmt::format("metadata of {} is missing: {}", name.ToString(),
                                                 document.status().message()));
}

Result<std::string> TableSource::PathOf(const std::string& uri) const {
  const std::string root = store_.Uri("");
  if (!uri.starts_with(root)) {
    return Error(ErrorKind::kInternal, fmt::format("{} is not below {}", uri, root));
  }
  return PercentDecode(std::string_view(uri).substr(root.size()));
}

Result<nlohmann::ordered_json> ParseMetadata(const TableDocument& document) {
  auto json = nlohmann::ordered_json::parse(document.metadata, nullptr, false);
  if (json.is_object()) return json;
  return Error(ErrorKind::kInternal,
               fmt::format("{} is not a JSON object", document.entry.metadata_location));
}

}  // namespace weir::serve
