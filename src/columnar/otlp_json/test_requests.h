// SPDX-License-Identifier: Apache-2.0
#pragma once
// For tests: one record in its JSON envelope, and the record's wire form out of the envelope's.

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "columnar/otlp_json.h"
#include "columnar/wire/wire_reader.h"
#include "columnar/wire/wire_writer.h"

namespace weir::columnar::otlp_json {

inline constexpr std::string_view kSpanHead = R"({"resourceSpans":[{"scopeSpans":[{"spans":[{)";
inline constexpr std::string_view kSpanTail = R"(}]}]}]})";

/// The last length-delimited field of a message, `levels` messages down.
inline std::string Inner(std::string_view wire, int levels) {
  for (; levels > 0; --levels) {
    std::string_view inner;
    WireReader reader(wire);
    while (reader.Next()) inner = reader.bytes();
    wire = inner;
  }
  return std::string(wire);
}

inline std::string Rewritten(signal::Signal signal, std::string_view json,
                             const JsonLimits& limits = {}) {
  auto wire = JsonToWire(signal, json, limits);
  return wire.ok() ? *wire : "failed: " + wire.status().message();
}

/// The wire form of a span with these JSON members.
inline std::string Span(std::string_view members, const JsonLimits& limits = {}) {
  const auto json = std::string(kSpanHead) + std::string(members) + std::string(kSpanTail);
  auto wire = JsonToWire(signal::Signal::kTraces, json, limits);
  return wire.ok() ? Inner(*wire, 3) : "failed: " + wire.status().message();
}

inline std::string LogRecord(std::string_view members) {
  const auto json = R"({"resourceLogs":[{"scopeLogs":[{"logRecords":[{)" + std::string(members) +
                    std::string(kSpanTail);
  auto wire = JsonToWire(signal::Signal::kLogs, json);
  return wire.ok() ? Inner(*wire, 3) : "failed: " + wire.status().message();
}

/// The wire form of a metric with these JSON members.
inline std::string Metric(std::string_view members) {
  const auto json = R"({"resourceMetrics":[{"scopeMetrics":[{"metrics":[{)" + std::string(members) +
                    std::string(kSpanTail);
  auto wire = JsonToWire(signal::Signal::kMetrics, json);
  return wire.ok() ? Inner(*wire, 3) : "failed: " + wire.status().message();
}

/// The wire form of a log record's body.
inline std::string Body(std::string_view any_value) {
  return Inner(LogRecord(R"("body":)" + std::string(any_value)), 1);
}

/// The reason in a record that is marked as not readable, and holds its text; empty for one that is
/// not.
inline std::string ReasonIn(std::string_view record) {
  WireReader reader(record);
  if (!reader.Next() || reader.tag() != kInvalidRecord) return "";
  const std::string reason(reader.bytes());
  const bool has_text = reader.Next() && reader.tag() == kInvalidRecordJson;
  return has_text && !reader.Next() ? reason : "";
}

inline std::string FailureOf(std::string_view json) {
  const auto wire = JsonToWire(signal::Signal::kTraces, json);
  if (wire.ok()) return "no failure";
  EXPECT_EQ(KindOf(wire.status()), ErrorKind::kBadRequest);
  return wire.status().message();
}

inline std::string Repeated(std::string_view part, int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += part;
  return text;
}

}  // namespace weir::columnar::otlp_json
