// SPDX-License-Identifier: Apache-2.0
#include "serve/verify_api.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "maintain/verify_history.h"
#include "maintain/verify_table.h"
#include "serve/number_parameter.h"

namespace weir::serve {
namespace {

using maintain::Lake;
using nlohmann::ordered_json;

Result<catalog::TableName> NameIn(const Call& call) {
  catalog::TableName name{.schema = call.arguments[0], .name = call.arguments[1]};
  if (catalog::IsValidName(name.schema) && catalog::IsValidName(name.name)) return name;
  return Error(ErrorKind::kNotFound, fmt::format("no table {}", name.ToString()));
}

ordered_json ListOf(const maintain::Findings& findings) {
  ordered_json list = ordered_json::array();
  for (const maintain::Finding& finding : findings.kept()) {
    list.push_back({{"check", NameOf(finding.check)},
                    {"severity", IsError(finding.check) ? "error" : "warning"},
                    {"format", NameOf(finding.format)},
                    {"file", finding.file},
                    {"found", finding.found},
                    {"expected", finding.expected},
                    {"advice", AdviceOn(finding.check)}});
  }
  return list;
}

Result<net::Response> AnswerNames(const Lake& lake) {
  ordered_json tables = ordered_json::array();
  const auto schemas = TRY(lake.catalog.ListSchemas());
  for (const std::string& schema : schemas) {
    const auto entries = TRY(lake.catalog.ListTables(schema));
    for (const auto& entry : entries) {
      tables.push_back({{"schema", entry.name.schema}, {"name", entry.name.name}});
    }
  }
  return JsonAnswer(200, {{"tables", tables}});
}

Result<net::Response> AnswerTable(const Lake& lake, const Call& call) {
  maintain::VerifyOptions options;
  const auto name = TRY(NameIn(call));
  const int64_t grace_s = TRY(NumberIn(call, "grace_s", options.grace.count()));
  // A century is for ever, and does not overflow in milliseconds.
  options.grace = std::chrono::seconds(std::min<int64_t>(grace_s, 100LL * 366 * 86'400));
  const auto report = TRY(maintain::VerifyTable(lake, name, options));
  return JsonAnswer(200, {{"schema", name.schema},
                          {"name", name.name},
                          {"snapshot_id", std::to_string(report.snapshot_id)},
                          {"delta_version", report.delta_version},
                          {"files", report.files},
                          {"rows", report.rows},
                          {"bytes", report.bytes},
                          {"unreferenced_files", report.unreferenced.files},
                          {"unreferenced_bytes", report.unreferenced.bytes},
                          {"young_unreferenced_files", report.unreferenced.young_files},
                          {"errors", report.findings.errors()},
                          {"warnings", report.findings.warnings()},
                          {"findings", ListOf(report.findings)}});
}

Result<net::Response> AnswerFooters(const Lake& lake, const Call& call) {
  const auto name = TRY(NameIn(call));
  maintain::FooterRange range;
  range.snapshot_id = TRY(NumberIn(call, "snapshot_id", 0));
  range.first = TRY(NumberIn(call, "first", 0));
  const int64_t pages = TRY(NumberIn(call, "pages", 0));
  range.reads_pages = pages != 0;
  const auto report = TRY(maintain::VerifyFooters(lake, name, range));
  return JsonAnswer(200, {{"files", report.files},
                          {"checked", report.checked},
                          {"next", report.next ? ordered_json(*report.next) : ordered_json()},
                          {"errors", report.findings.errors()},
                          {"findings", ListOf(report.findings)}});
}

/// What older versions name, and what `trace_id=`, `user_id=` and `session_id=` say is forgotten.
Result<net::Response> AnswerHistory(const Lake& lake, const Call& call) {
  maintain::HistoryOptions options;
  const auto name = TRY(NameIn(call));
  const int64_t grace_s = TRY(NumberIn(call, "grace_s", options.grace.count()));
  options.grace = std::chrono::seconds(std::min<int64_t>(grace_s, 100LL * 366 * 86'400));
  for (const char* column : {"trace_id", "user_id", "session_id"}) {
    const auto value = call.parameters.Find(column);
    if (!value) continue;
    maintain::ForgottenValue forgotten = TRY(maintain::CheckForgottenValue(column, *value));
    options.forgotten.push_back(std::move(forgotten));
  }
  const auto report = TRY(maintain::VerifyHistory(lake, name, options));
  return JsonAnswer(200, {{"snapshots", report.snapshots},
                          {"delta_versions", report.delta_versions},
                          {"files", report.files},
                          {"unnamed_files", report.unnamed_files},
                          {"searched_files", report.searched_files},
                          {"errors", report.findings.errors()},
                          {"warnings", report.findings.warnings()},
                          {"findings", ListOf(report.findings)}});
}

}  // namespace

void AddVerifyRoutes(Router& router, const Lake& lake) {
  router.Add({.method = "GET", .pattern = "/api/v1/verify", .answer = [lake](const Call&) {
                return AnswerNames(lake);
              }});
  router.Add({.method = "GET",
              .pattern = "/api/v1/verify/{}/{}",
              .answer = [lake](const Call& call) { return AnswerTable(lake, call); }});
  router.Add({.method = "GET",
              .pattern = "/api/v1/verify/{}/{}/footers",
              .answer = [lake](const Call& call) { return AnswerFooters(lake, call); }});
  router.Add({.method = "GET",
              .pattern = "/api/v1/verify/{}/{}/history",
              .answer = [lake](const Call& call) { return AnswerHistory(lake, call); }});
}

}  // namespace weir::serve
