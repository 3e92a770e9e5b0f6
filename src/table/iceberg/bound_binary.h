// SPDX-License-Identifier: Apache-2.0
#pragma once
// Column bounds in Iceberg's single-value binary form.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "datafile/data_file.h"
#include "table/iceberg/schema_json.h"

namespace weir::table::iceberg {

std::string IntBinary(int32_t value);

/// Nothing where the bound is not of the column's type: no bound is legal, a wrong one is not.
std::optional<std::string> BoundBinary(const datafile::Bound& bound, LeafType type);

/// By the bound's own type.
std::string ValueBinary(const datafile::Bound& value);

/// Nothing where `bytes` have a wrong length for the type.
std::optional<datafile::Bound> BoundFromBinary(std::string_view bytes, LeafType type);

}  // namespace weir::table::iceberg
