// SPDX-License-Identifier: Apache-2.0
#include "table/delta/log_entry.h"

#include <fmt/format.h>

#include <iterator>
#include <optional>

#include "table/delta/entry_reader.h"
#include "table/delta/schema_json.h"
#include "table/delta/statistics_json.h"
#include "table/json_text.h"

namespace weir::table::delta {
namespace {

using datafile::DataFile;

constexpr std::string_view kDataFolder = "data/";

void AppendText(std::string& out, std::string_view name, std::string_view value) {
  AppendJsonName(out, name);
  AppendJsonText(out, value);
}

template <typename T>  // A number or a boolean.
void AppendValue(std::string& out, std::string_view name, T value) {
  AppendJsonName(out, name);
  fmt::format_to(std::back_inserter(out), "{}", value);
}

/// Opens the entry with its commitInfo, which readers want first.
std::string CommitInfo(std::string_view operation, std::string_view parameters,
                       int64_t timestamp_ms, std::string_view engine_version) {
  std::string out = "{\"commitInfo\":{";
  AppendValue(out, "timestamp", timestamp_ms);
  AppendText(out, "operation", operation);
  AppendJsonName(out, "operationParameters");
  out += parameters;
  AppendText(out, "engineInfo", fmt::format("Weir/{}", engine_version));
  out += "}}\n";
  return out;
}

/// What add and remove have in common: path, partition, size. The object stays open.
Status AppendFile(std::string& out, const TableDefinition& definition, const DataFile& file) {
  const std::optional<std::string> date = DateText(file.date);
  if (!file.path.starts_with(kDataFolder) || !date) {
    return Error(ErrorKind::kBadRequest,
                 fmt::format("delta entry: file {} of day {} is not below {}", file.path, file.date,
                             kDataFolder));
  }
  AppendText(out, "path", UriEncoded(std::string_view(file.path).substr(kDataFolder.size())));
  AppendJsonName(out, "partitionValues");
  out += '{';
  AppendText(out, definition.partition_column, *date);
  out += '}';
  AppendValue(out, "size", file.file_bytes);
  return Status::OK();
}

/// What no reader needs: the hash by which damage is found.
void AppendTags(std::string& out, const DataFile& file) {
  if (file.content_hash.empty()) return;
  AppendJsonName(out, "tags");
  out += '{';
  AppendText(out, kContentHashTag, file.content_hash);
  out += '}';
}

/// Schema and partitioning.
Status AppendMetadata(std::string& out, const TableDefinition& definition,
                      std::string_view table_uuid, int64_t timestamp_ms) {
  const std::string schema = TRY(SchemaJson(*definition.schema));
  out += "{\"metaData\":{";
  AppendText(out, "id", table_uuid);
  AppendJsonName(out, "format");
  out += "{\"provider\":\"parquet\",\"options\":{}}";
  AppendText(out, "schemaString", schema);
  AppendJsonName(out, "partitionColumns");
  out += '[';
  AppendJsonText(out, definition.partition_column);
  out += ']';
  AppendJsonName(out, "configuration");
  out += "{}";
  AppendValue(out, "createdTime", timestamp_ms);
  out += "}}\n";
  return Status::OK();
}

bool AddsColumns(const TableChange& change) {
  return change.altered && !change.altered->columns.empty();
}

std::string_view OperationOf(const TableChange& change) {
  if (change.altered && change.added.empty()) {
    return AddsColumns(change) ? "ADD COLUMNS" : "SET TBLPROPERTIES";
  }
  if (change.is_rearrangement) return "OPTIMIZE";
  return change.added.empty() && !change.removed.empty() ? "DELETE" : "WRITE";
}

/// The parameters that readers of history expect with the operation.
std::string_view ParametersOf(const TableChange& change) {
  if (change.altered && change.added.empty()) return "{}";
  if (OperationOf(change) != "WRITE") return "{\"predicate\":\"[]\"}";
  return change.removed.empty() ? "{\"mode\":\"Append\"}" : "{\"mode\":\"Overwrite\"}";
}

}  // namespace

std::string UriEncoded(std::string_view path) {
  constexpr std::string_view kKept = "-._~/=";
  std::string out;
  for (const char c : path) {
    const bool is_plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (is_plain || kKept.find(c) != std::string_view::npos) {
      out += c;
    } else {
      fmt::format_to(std::back_inserter(out), "%{:02X}", static_cast<uint8_t>(c));
    }
  }
  return out;
}

std::string EntryPath(std::string_view root, int64_t version) {
  return fmt::format("{}/data/_delta_log/{:020d}.json", root, version);
}

Result<std::string> FirstEntryBytes(const TableDefinition& definition, const Creation& creation) {
  std::string out =
      CommitInfo("CREATE TABLE", "{}", creation.timestamp_ms, creation.engine_version);
  // Writer features only, so every reader reads; the private one keeps foreign writers out, who
  // would make a log that no Iceberg snapshot knows.
  out +=
      "{\"protocol\":{\"minReaderVersion\":1,\"minWriterVersion\":7,"
      "\"writerFeatures\":[\"appendOnly\",\"invariants\",\"weirManaged\"]}}\n";
  TRY(AppendMetadata(out, definition, creation.table_uuid, creation.timestamp_ms));
  return out;
}

Result<std::string> EntryBytes(const TableDefinition& definition, const TableChange& change,
                               const Commit& commit) {
  const int64_t timestamp_ms = commit.identity.timestamp_ms;
  std::string out =
      CommitInfo(OperationOf(change), ParametersOf(change), timestamp_ms, commit.engine_version);
  out += "{\"txn\":{";
  AppendText(out, "appId", commit.table_uuid);
  AppendValue(out, "version", commit.version);
  AppendValue(out, "lastUpdated", timestamp_ms);
  out += "}}\n";
  if (AddsColumns(change)) {
    TRY(AppendMetadata(out, definition, commit.table_uuid, timestamp_ms));
  }
  for (const DataFile& file : change.removed) {
    out += "{\"remove\":{";
    TRY(AppendFile(out, definition, file));
    AppendValue(out, "deletionTimestamp", timestamp_ms);
    AppendValue(out, "dataChange", !change.is_rearrangement);
    AppendValue(out, "extendedFileMetadata", true);
    out += "}}\n";
  }
  for (const DataFile& file : change.added) {
    out += "{\"add\":{";
    TRY(AppendFile(out, definition, file));
    AppendValue(out, "modificationTime", timestamp_ms);
    AppendValue(out, "dataChange", !change.is_rearrangement);
    AppendText(out, "stats", StatisticsJson(definition, file));
    AppendTags(out, file);
    out += "}}\n";
  }
  return out;
}

}  // namespace weir::table::delta
