// SPDX-License-Identifier: Apache-2.0
#pragma once
// Primitive types and partition transforms by name, as the specification of Iceberg tables has
// them.

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace weir::table::changes {

constexpr int64_t kFormatVersionMin = 1, kFormatVersionDefault = 2, kFormatVersionMax = 3;

/// Errors: kBadRequest for a type that does not exist, or not in that version of the format.
Status CheckPrimitive(std::string_view type, int64_t format_version);

/// Types whose values may identify a row.
bool CanIdentify(std::string_view type);

/// Errors: kBadRequest for a transform that this server does not know.
Status CheckTransform(std::string_view transform);

}  // namespace weir::table::changes
