// SPDX-License-Identifier: Apache-2.0
#pragma once
// OTLP enumerations by their names. A number that OTLP does not know (yet) is its own decimal text.

#include <cstdint>
#include <string>

namespace weir::columnar {

/// `SPAN_KIND_SERVER` …
std::string SpanKindName(uint64_t kind);
/// `STATUS_CODE_ERROR` …
std::string StatusCodeName(uint64_t code);
/// `AGGREGATION_TEMPORALITY_DELTA` …
std::string TemporalityName(uint64_t temporality);

}  // namespace weir::columnar
