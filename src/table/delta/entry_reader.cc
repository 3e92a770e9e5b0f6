// SPDX-License-Identifier: Apache-2.0
#include "table/delta/entry_reader.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/ids.h"

namespace weir::table::delta {
namespace {

using nlohmann::json;

Status Malformed(std::string_view what) {
  return Error(ErrorKind::kBadRequest, fmt::format("read delta entry: {}", what));
}

Result<std::string> Text(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_string()) {
    return Malformed(fmt::format("{} is missing or not text", name));
  }
  return found->get<std::string>();
}

Result<int64_t> Number(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_number_integer()) {
    return Malformed(fmt::format("{} is missing or not an integer", name));
  }
  return found->get<int64_t>();
}

/// 0 where it is absent, as an optional one may be.
int64_t NumberOr0(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_number_integer() ? found->get<int64_t>() : 0;
}

/// The texts of the object `name`, without those that are null; an absent one is empty.
std::map<std::string, std::string> TextMap(const json& object, const char* name) {
  std::map<std::string, std::string> texts;
  const auto found = object.find(name);
  if (found == object.end() || !found->is_object()) return texts;
  for (const auto& [key, value] : found->items()) {
    if (value.is_string()) texts[key] = value.get<std::string>();
  }
  return texts;
}

/// The texts of the list `name`; an absent list is an empty one.
Result<std::vector<std::string>> Texts(const json& object, const char* name) {
  std::vector<std::string> texts;
  const auto found = object.find(name);
  if (found == object.end() || found->is_null()) return texts;
  if (!found->is_array()) return Malformed(fmt::format("{} is not a list", name));
  for (const json& item : *found) {
    if (!item.is_string()) return Malformed(fmt::format("{} holds something else than text", name));
    texts.push_back(item.get<std::string>());
  }
  return texts;
}

Result<std::string> Path(const json& action) {
  const auto vector = action.find("deletionVector");
  if (vector != action.end() && !vector->is_null()) return Malformed("a deletion vector");
  const std::string path = TRY(Text(action, "path"));
  return UriDecoded(path);
}

Result<AddAction> ReadAdd(const json& action) {
  AddAction add;
  add.path = TRY(Path(action));
  add.file_bytes = TRY(Number(action, "size"));
  const auto values = action.find("partitionValues");
  if (values == action.end() || !values->is_object()) return Malformed("no partitionValues");
  add.partition_values = TextMap(action, "partitionValues");
  add.modification_ms = NumberOr0(action, "modificationTime");
  if (action.contains("stats")) add.statistics = TRY(Text(action, "stats"));
  add.tags = TextMap(action, "tags");
  return add;
}

Result<RemoveAction> ReadRemove(const json& action) {
  RemoveAction remove;
  remove.path = TRY(Path(action));
  remove.partition_values = TextMap(action, "partitionValues");
  remove.file_bytes = NumberOr0(action, "size");
  remove.deletion_ms = NumberOr0(action, "deletionTimestamp");
  return remove;
}

Result<TableMetadata> ReadMetadata(const json& action) {
  TableMetadata metadata;
  metadata.id = TRY(Text(action, "id"));
  metadata.schema_json = TRY(Text(action, "schemaString"));
  metadata.partition_columns = TRY(Texts(action, "partitionColumns"));
  metadata.configuration = TextMap(action, "configuration");
  metadata.created_ms = NumberOr0(action, "createdTime");
  return metadata;
}

Result<Protocol> ReadProtocol(const json& action) {
  Protocol protocol;
  protocol.reader_version = TRY(Number(action, "minReaderVersion"));
  protocol.writer_version = NumberOr0(action, "minWriterVersion");
  protocol.reader_features = TRY(Texts(action, "readerFeatures"));
  protocol.writer_features = TRY(Texts(action, "writerFeatures"));
  return protocol;
}

/// Adds one line's action to `entry`. Kinds that readers do not need are passed over.
Status ReadAction(const json& line, Entry& entry) {
  if (!line.is_object() || line.size() != 1) return Malformed("not an object of one action");
  const std::string kind = line.begin().key();
  const json& action = line.front();
  if (!action.is_object()) return Malformed(fmt::format("{} is not an object", kind));
  if (kind == "add") {
    AddAction add = TRY(ReadAdd(action));
    entry.added.push_back(std::move(add));
  } else if (kind == "remove") {
    RemoveAction remove = TRY(ReadRemove(action));
    entry.removed.push_back(std::move(remove));
  } else if (kind == "metaData") {
    entry.metadata = TRY(ReadMetadata(action));
  } else if (kind == "protocol") {
    entry.protocol = TRY(ReadProtocol(action));
  } else if (kind == "txn") {
    const std::string id = TRY(Text(action, "appId"));
    Transaction& transaction = entry.transactions[id];
    transaction.version = TRY(Number(action, "version"));
    transaction.last_updated_ms = NumberOr0(action, "lastUpdated");
  }
  return Status::OK();
}

}  // namespace

Result<std::string> UriDecoded(std::string_view path) {
  std::string out;
  for (size_t i = 0; i < path.size(); ++i) {
    char c = path[i];
    if (c == '%') {
      if (!HexDecode(path.substr(i + 1, 2), &c) || i + 2 >= path.size()) {
        return Malformed(fmt::format("path {} has a broken escape", path));
      }
      i += 2;
    }
    out += c;
  }
  return out;
}

Result<Entry> ReadEntry(std::string_view bytes) {
  if (bytes.empty()) return Malformed("it is empty");
  Entry entry;
  for (int number = 1; !bytes.empty(); ++number) {
    const std::string_view line = bytes.substr(0, bytes.find('\n'));
    bytes.remove_prefix(std::min(bytes.size(), line.size() + 1));
    if (line.empty()) continue;
    const Status read = ReadAction(json::parse(line, nullptr, /*allow_exceptions=*/false), entry);
    if (!read.ok()) {
      return Error(KindOf(read), fmt::format("{} (line {})", read.message(), number));
    }
  }
  return entry;
}

}  // namespace weir::table::delta
