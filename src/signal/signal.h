// SPDX-License-Identifier: Apache-2.0
#pragma once
// The three signals of OpenTelemetry and the encodings in which requests arrive.

#include <cstdint>
#include <string_view>

namespace weir::signal {

enum class Signal : uint8_t { kTraces = 0, kLogs = 1, kMetrics = 2 };
inline constexpr Signal kSignals[] = {Signal::kTraces, Signal::kLogs, Signal::kMetrics};
inline constexpr int kSignalCount = 3;

/// `traces`, `logs`, `metrics`: as in OTLP/HTTP paths.
constexpr std::string_view Name(Signal signal) {
  switch (signal) {
    case Signal::kTraces: return "traces";
    case Signal::kLogs: return "logs";
    case Signal::kMetrics: return "metrics";
  }
  return "unknown";
}

/// `spans`, `log_records`, `metric_points`: what one row is called, as in the Collector's metric
/// names.
constexpr std::string_view ItemName(Signal signal) {
  switch (signal) {
    case Signal::kTraces: return "spans";
    case Signal::kLogs: return "log_records";
    case Signal::kMetrics: return "metric_points";
  }
  return "unknown";
}

enum class Encoding : uint8_t { kProtobuf = 0, kJson = 1 };

}  // namespace weir::signal
