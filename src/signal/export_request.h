// SPDX-License-Identifier: Apache-2.0
#pragma once
// One OTLP export request as it came over the wire: what is journalled and, live or after a crash,
// decoded.

#include <cstdint>
#include <string>

#include "base/compression.h"
#include "signal/signal.h"

namespace weir::signal {

/// The set of tables that a request's rows go to: `<schema>.<prefix>otel_spans` and its siblings.
struct TableSet {
  std::string schema = "telemetry";  // Iceberg namespace, one level.
  std::string prefix;                // Empty, or ends with '_'.

  bool operator==(const TableSet&) const = default;
  auto operator<=>(const TableSet&) const = default;
};

/// Borrowed by nobody: the body moves from the socket to the journal.
struct ExportRequest {
  Signal signal = Signal::kTraces;
  Encoding encoding = Encoding::kProtobuf;
  Compression compression = Compression::kNone;  // Of `body`.
  TableSet tables;
  int64_t received_unix_nano = 0;
  std::string source;  // The peer's address; no part of what makes two requests the same.
  std::string body;
};

/// What OTLP's partial success says of one request.
struct ExportOutcome {
  int64_t accepted = 0;
  int64_t rejected = 0;
  std::string reason;  // Why the first rejected record was; empty when none was.
};

}  // namespace weir::signal
