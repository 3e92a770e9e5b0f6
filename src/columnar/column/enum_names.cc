// SPDX-License-Identifier: Apache-2.0
#include "columnar/column/enum_names.h"

#include <span>

#include "columnar/column/leaves.h"

namespace weir::columnar {
namespace {

std::string NameOf(std::span<const char* const> names, uint64_t number) {
  if (number < names.size()) return names[number];
  // Enumerations are int32 on the wire, negative ones sign-extended.
  return std::to_string(static_cast<int32_t>(number));
}

}  // namespace

std::string SpanKindName(uint64_t kind) {
  static constexpr const char* kNames[] = {"SPAN_KIND_UNSPECIFIED", "SPAN_KIND_INTERNAL",
                                           "SPAN_KIND_SERVER",      "SPAN_KIND_CLIENT",
                                           "SPAN_KIND_PRODUCER",    "SPAN_KIND_CONSUMER"};
  return NameOf(kNames, kind);
}

std::string StatusCodeName(uint64_t code) {
  static constexpr const char* kNames[] = {"STATUS_CODE_UNSET", "STATUS_CODE_OK",
                                           "STATUS_CODE_ERROR"};
  return NameOf(kNames, code);
}

std::string TemporalityName(uint64_t temporality) {
  static constexpr const char* kNames[] = {"AGGREGATION_TEMPORALITY_UNSPECIFIED",
                                           "AGGREGATION_TEMPORALITY_DELTA",
                                           "AGGREGATION_TEMPORALITY_CUMULATIVE"};
  return NameOf(kNames, temporality);
}

Status EnumColumn::WriteTo(const LeafTarget& out) const {
  return AddTexts(out, ids_.ids(), names_);
}

}  // namespace weir::columnar
