// SPDX-License-Identifier: Apache-2.0
#include "columnar/otlp_json.h"

#include "columnar/otlp_json/rewriter.h"
#include "columnar/otlp_json/schema.h"
#include "columnar/otlp_json/tokens.h"

namespace weir::columnar {
namespace {

Result<std::string> Rewrite(signal::Signal signal, std::string_view json,
                            const JsonLimits& limits) {
  const auto tokens = TRY(otlp_json::IndexTokens(json));
  return otlp_json::Rewriter(tokens, json.size(), limits).Rewrite(otlp_json::RequestOf(signal));
}

}  // namespace

Result<std::string> JsonToWire(signal::Signal signal, std::string_view json,
                               const JsonLimits& limits) {
  auto wire = Rewrite(signal, json, limits);
  otlp_json::TrimTokens();
  return wire;
}

}  // namespace weir::columnar
