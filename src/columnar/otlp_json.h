// SPDX-License-Identifier: Apache-2.0
#pragma once
// OTLP/JSON in, OTLP protobuf out, so that one decoder serves both encodings.

#include <string>
#include <string_view>

#include "base/result.h"
#include "signal/signal.h"

namespace weir::columnar {

struct JsonLimits {
  int nesting_depth = 64;  // AnyValues within each other; more cost the record its place.
};

/// Rewrites an OTLP/JSON export request as the same request in protobuf wire form.
/// A span, log record, data point or metric that cannot be read becomes a message with only
/// kInvalidRecordField (wire_writer.h), which says why; a bad data point leaves its metric alone.
/// Errors: kBadRequest, with the JSON path or the byte, when the text is not JSON or is wrong above
/// the records. Source: opentelemetry-proto v1.x;
/// https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
Result<std::string> JsonToWire(signal::Signal signal, std::string_view json,
                               const JsonLimits& limits = {});

}  // namespace weir::columnar
