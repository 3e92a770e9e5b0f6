// SPDX-License-Identifier: Apache-2.0
#include "serve/tables_api.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/dates.h"
#include "serve/data_files.h"
#include "serve/table_facts.h"

namespace weir::serve {
namespace {

using nlohmann::ordered_json;

// Enough for people; whoever needs all of them opens the table with an engine.
constexpr size_t kFilesShownMax = 10'000;
constexpr size_t kSnapshotsShownMax = 1'000;

catalog::TableName NameIn(const Call& call) {
  return {.schema = call.arguments[0], .name = call.arguments[1]};
}

Result<net::Response> AnswerList(const TableSource& tables) {
  ordered_json lines = ordered_json::array();
  const auto schemas = TRY(tables.ListSchemas());
  for (const std::string& schema : schemas) {
    const auto entries = TRY(tables.ListTables(schema));
    for (const auto& entry : entries) {
      const auto document = TRY(tables.Load(entry.name));
      const auto metadata = TRY(ParseMetadata(document));
      lines.push_back(TableLine(document.entry, metadata));
    }
  }
  return JsonAnswer(200, {{"tables", lines}});
}

Result<net::Response> AnswerOne(const TableSource& tables, const Call& call) {
  const auto document = TRY(tables.Load(NameIn(call)));
  const auto metadata = TRY(ParseMetadata(document));
  return JsonAnswer(200, TableFacts(document.entry, metadata));
}

Result<net::Response> AnswerFiles(const TableSource& tables, const Call& call) {
  const auto document = TRY(tables.Load(NameIn(call)));
  const auto found = TRY(ListDataFiles(tables, document, kFilesShownMax));
  ordered_json files = ordered_json::array();
  for (const auto& file : found.files) {
    files.push_back({{"path", file.path},
                     {"date", DateText(file.date)},
                     {"rows", file.record_count},
                     {"bytes", file.file_bytes}});
  }
  return JsonAnswer(200, {{"snapshot_id", std::to_string(document.entry.snapshot_id)},
                          {"is_complete", found.is_complete},
                          {"files", files}});
}

Result<net::Response> AnswerSnapshots(const TableSource& tables, const Call& call) {
  const auto document = TRY(tables.Load(NameIn(call)));
  const auto metadata = TRY(ParseMetadata(document));
  return JsonAnswer(200, {{"snapshots", SnapshotFacts(metadata, kSnapshotsShownMax)}});
}

}  // namespace

void AddTableRoutes(Router& router, const TableSource& tables) {
  router.Add({.method = "GET", .pattern = "/api/v1/tables", .answer = [&tables](const Call&) {
                return AnswerList(tables);
              }});
  router.Add({.method = "GET",
              .pattern = "/api/v1/tables/{}/{}",
              .answer = [&tables](const Call& call) { return AnswerOne(tables, call); }});
  router.Add({.method = "GET",
              .pattern = "/api/v1/tables/{}/{}/files",
              .answer = [&tables](const Call& call) { return AnswerFiles(tables, call); }});
  router.Add({.method = "GET",
              .pattern = "/api/v1/tables/{}/{}/snapshots",
              .answer = [&tables](const Call& call) { return AnswerSnapshots(tables, call); }});
}

}  // namespace weir::serve
