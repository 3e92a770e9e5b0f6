// SPDX-License-Identifier: Apache-2.0
#pragma once
// Bounds compared and shown.

#include <optional>
#include <string>

#include "datafile/data_file.h"

namespace weir::maintain {

/// Whether `low` and `high` are of one type and in that order. Zeros are equal whatever their sign.
bool IsAtMost(const datafile::Bound& low, const datafile::Bound& high);

/// For people: long texts cut, bytes that do not print escaped; `unknown` for none.
std::string BoundText(const std::optional<datafile::Bound>& bound);

}  // namespace weir::maintain
