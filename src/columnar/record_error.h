// SPDX-License-Identifier: Apache-2.0
#pragma once
// Why one record can't be kept.

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "columnar/attribute_value.h"
#include "columnar/column/text_dictionary.h"
#include "columnar/wire/wire_reader.h"
#include "columnar/wire/wire_writer.h"

namespace weir::columnar {

/// Empty while a record is sound; else the reason, as the sender is told.
using RecordError = std::string;

inline RecordError InField(std::string_view field, DecodeError error) {
  return error == DecodeError::kNone ? RecordError() : fmt::format("{}: {}", field, Explain(error));
}

/// The reason in a record that the JSON reader marked as not readable. Anyone can send such a mark
/// in protobuf, so only what could be ours is repeated to the sender.
inline RecordError MarkedInvalid(std::string_view reason) {
  constexpr size_t kReasonBytesMax = 4096;
  const bool can_be_ours = !reason.empty() && reason.size() <= kReasonBytesMax && IsUtf8(reason);
  return can_be_ours ? RecordError(reason) : RecordError("record is marked as not readable");
}

/// Checks an id field: absent, or exactly `bytes` long. An id of zeros counts as absent.
/// `id` becomes empty where it is absent.
inline RecordError CheckOptionalId(std::string_view field, size_t bytes, std::string_view& id) {
  if (id.empty()) return {};
  if (id.size() != bytes) return fmt::format("{} has {} bytes, not {}", field, id.size(), bytes);
  if (id.front() == 0 && id.find_first_not_of('\0') == std::string_view::npos) id = {};
  return {};
}

inline RecordError CheckRequiredId(std::string_view field, size_t bytes, std::string_view id) {
  RecordError error = CheckOptionalId(field, bytes, id);
  if (error.empty() && id.empty()) error = fmt::format("{} is missing or all zero", field);
  return error;
}

/// OTLP times and counts are unsigned, table columns signed.
inline RecordError CheckFitsLong(std::string_view field, uint64_t value) {
  return value <= INT64_MAX ? RecordError() : fmt::format("{} {} is above 2^63-1", field, value);
}

inline RecordError CheckFitsInt(std::string_view field, uint64_t value) {
  return value <= INT32_MAX ? RecordError() : fmt::format("{} {} is above 2^31-1", field, value);
}

inline RecordError CheckAttributeCount(int attributes, const DecodeLimits& limits) {
  return attributes <= limits.attributes_per_record
             ? RecordError()
             : fmt::format("{} attributes, the limit is {} (limits.attributes_per_record)",
                           attributes, limits.attributes_per_record);
}

}  // namespace weir::columnar
