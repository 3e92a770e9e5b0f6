// SPDX-License-Identifier: Apache-2.0
#include "query/search/field.h"

#include <arrow/type.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include "query/search/sql_text.h"
#include "signal/promoted.h"

namespace weir::query::search {
namespace {

constexpr std::array<std::string_view, 4> kSubjectNames = {"traces", "spans", "logs", "metrics"};

// Digits of ids.
constexpr size_t kTraceDigits = 32, kSpanDigits = 16;

// Of which subjects a short name is one.
constexpr uint8_t kOfSpans = 1, kOfLogs = 2, kOfMetrics = 4, kOfAll = 7;

struct ShortName {
  std::string_view name, column;
  uint8_t subjects;
};

constexpr ShortName kShortNames[] = {
    {"service", "service_name", kOfAll},
    {"service.name", "service_name", kOfAll},
    {"operation", "name", kOfSpans},
    {"trace", "trace_id", kOfSpans | kOfLogs},
    {"trace.id", "trace_id", kOfSpans | kOfLogs},
    {"span", "span_id", kOfSpans | kOfLogs},
    {"span.id", "span_id", kOfSpans | kOfLogs},
    {"parent", "parent_span_id", kOfSpans},
    {"message", "status_message", kOfSpans},
    {"message", "body", kOfLogs},
    {"event", "event_name", kOfLogs},
    {"event.name", "event_name", kOfLogs},
    {"metric", "name", kOfMetrics},
    {"type", "metric_type", kOfMetrics},
    {"type", "span_type", kOfSpans},
    {"env", "deployment_environment_name", kOfAll},
    {"version", "service_version", kOfAll},
    {"host", "host_name", kOfAll},
    {"route", "http_route", kOfSpans},
    {"method", "http_request_method", kOfSpans},
    {"model", "gen_ai_request_model", kOfSpans | kOfLogs},
    {"agent", "gen_ai_agent_name", kOfSpans},
    {"tool", "gen_ai_tool_name", kOfSpans},
    {"session", "session_id", kOfSpans | kOfLogs},
    {"user", "user_id", kOfSpans | kOfLogs},
};

uint8_t BitOf(Subject subject) {
  switch (subject) {
    case Subject::kTraces:
    case Subject::kSpans: return kOfSpans;
    case Subject::kLogs: return kOfLogs;
    case Subject::kMetrics: return kOfMetrics;
  }
  return kOfAll;
}

bool IsAboutSpans(Subject subject) { return BitOf(subject) == kOfSpans; }

/// Fields whose values have words of their own.
std::optional<Field> SpecialField(Subject subject, std::string_view name) {
  if (name == "error" && subject != Subject::kMetrics) return Field{FieldType::kError, {}};
  if (IsAboutSpans(subject)) {
    if (name == "duration") return Field{FieldType::kDuration, {"duration_ns"}};
    if (name == "duration_ms") return Field{FieldType::kMilliseconds, {"duration_ns"}};
    if (name == "status" || name == "status_code") {
      return Field{FieldType::kStatus, {"status_code"}};
    }
    if (name == "kind") return Field{FieldType::kKind, {"kind"}};
  }
  const bool is_level = name == "level" || name == "severity" || name == "status";
  if (subject == Subject::kLogs && is_level) return Field{FieldType::kLevel, {}};
  if (name == "scope" || name == "scope.name") {
    return Field{FieldType::kText, {"instrumentation_scope.name"}};
  }
  if (name == "scope.version") return Field{FieldType::kText, {"instrumentation_scope.version"}};
  return std::nullopt;
}

bool IsShortName(Subject subject, std::string_view name) {
  return std::ranges::any_of(kShortNames, [&](const ShortName& known) {
    return known.name == name && (known.subjects & BitOf(subject)) != 0;
  });
}

bool IsColumn(Subject subject, std::string_view name) {
  return signal::Published(TableOf(subject)).schema->GetFieldIndex(std::string(name)) >= 0;
}

/// The column that a name stands for; empty where it stands for none.
std::string_view ColumnOf(Subject subject, std::string_view name) {
  for (const ShortName& known : kShortNames) {
    if (known.name == name && (known.subjects & BitOf(subject)) != 0) return known.column;
  }
  if (IsColumn(subject, name)) return name;
  const auto promoted = [&](std::span<const signal::PromotedColumn> columns) -> std::string_view {
    for (const signal::PromotedColumn& column : columns) {
      for (const signal::PromotedSource& source : column.sources) {
        // The other rules give another value than the attribute's.
        const bool is_same = source.rule == signal::PromotedRule::kPlain ||
                             source.rule == signal::PromotedRule::kJsonText;
        if (source.key == name && is_same) return column.name;
      }
    }
    return {};
  };
  std::string_view found = promoted(signal::ResourceColumns());
  if (!found.empty()) return found;
  if (IsAboutSpans(subject)) return promoted(signal::SpanColumns());
  return subject == Subject::kLogs ? promoted(signal::LogColumns()) : "";
}

Result<Field> ColumnField(Subject subject, std::string_view column) {
  const auto& schema = signal::Published(TableOf(subject)).schema;
  const auto field = schema->GetFieldByName(std::string(column));
  const std::string name(column);
  if (column == "trace_id") return Field{FieldType::kId, {name}, kTraceDigits};
  if (column == "span_id" || column == "parent_span_id") {
    return Field{FieldType::kId, {name}, kSpanDigits};
  }
  switch (field->type()->id()) {
    case arrow::Type::STRING: return Field{FieldType::kText, {name}};
    case arrow::Type::INT32:
    case arrow::Type::INT64:
    case arrow::Type::DOUBLE: return Field{FieldType::kNumber, {name}};
    case arrow::Type::BOOL: return Field{FieldType::kBool, {name}};
    case arrow::Type::DATE32:
    case arrow::Type::TIMESTAMP:
      return Error(ErrorKind::kBadRequest,
                   fmt::format("\"{}\" is no key: from and to say the time", name));
    default:
      return Error(ErrorKind::kBadRequest,
                   fmt::format("\"{}\" holds many values: search for one of its keys", name));
  }
}

std::string InMap(std::string_view map, std::string_view key) {
  return fmt::format("{}[{}]", map, TextLiteral(key));
}

Field AttributeField(std::string_view key) {
  constexpr std::string_view kResource = "resource.", kScope = "scope.";
  Field field{FieldType::kAttribute, {}};
  const auto rest = [&](std::string_view prefix) { return key.substr(prefix.size()); };
  if (key.starts_with('@') && key.size() > 1) {
    field.sql = {InMap("attributes", key.substr(1))};
  } else if (key.starts_with(kResource) && key.size() > kResource.size()) {
    field.sql = {InMap("resource.attributes", rest(kResource))};
  } else if (key.starts_with(kScope) && key.size() > kScope.size()) {
    field.sql = {InMap("instrumentation_scope.attributes", rest(kScope))};
  } else {
    field.sql = {InMap("attributes", key), InMap("resource.attributes", key),
                 InMap("instrumentation_scope.attributes", key)};
  }
  return field;
}

}  // namespace

Result<Subject> SubjectOf(std::string_view name) {
  for (size_t i = 0; i < kSubjectNames.size(); ++i) {
    if (kSubjectNames[i] == name) return static_cast<Subject>(i);
  }
  return Error(ErrorKind::kBadRequest,
               fmt::format("signal is traces, spans, logs or metrics, not `{}`", name));
}

std::string_view NameOf(Subject subject) { return kSubjectNames[static_cast<size_t>(subject)]; }

signal::Table TableOf(Subject subject) {
  switch (subject) {
    case Subject::kTraces:
    case Subject::kSpans: return signal::Table::kSpans;
    case Subject::kLogs: return signal::Table::kLogs;
    case Subject::kMetrics: return signal::Table::kMetrics;
  }
  return signal::Table::kSpans;
}

Result<Field> FieldOf(Subject subject, const Key& key) {
  if (key.is_quoted) {
    Field field{FieldType::kAttribute, {}};
    for (const char* map :
         {"attributes", "resource.attributes", "instrumentation_scope.attributes"}) {
      field.sql.push_back(InMap(map, key.name));
    }
    return field;
  }
  if (auto special = SpecialField(subject, key.name)) return *std::move(special);
  const std::string_view column = ColumnOf(subject, key.name);
  if (!column.empty()) return ColumnField(subject, column);
  return AttributeField(key.name);
}

bool IsAttributeName(Subject subject, std::string_view key) {
  return !key.starts_with('@') && !SpecialField(subject, key) && !IsShortName(subject, key) &&
         !IsColumn(subject, key);
}

std::string FailureCondition(Subject subject) {
  if (subject == Subject::kMetrics) return "";
  if (subject == Subject::kLogs) return "severity_number >= 17";
  return "status_code = 'STATUS_CODE_ERROR'";
}

int LevelNumber(std::string_view name) {
  constexpr std::pair<std::string_view, int> kLevels[] = {
      {"trace", 1},    {"debug", 5},  {"info", 9},   {"information", 9}, {"warn", 13},
      {"warning", 13}, {"error", 17}, {"fatal", 21}, {"critical", 21}};
  for (const auto& [level, number] : kLevels) {
    if (level == name) return number;
  }
  return 0;
}

}  // namespace weir::query::search
