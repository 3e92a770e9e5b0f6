// SPDX-License-Identifier: Apache-2.0
#pragma once
// Arrow schemas as Delta's schemaString.

#include <arrow/type_fwd.h>

#include <string>

#include "base/result.h"

namespace weir::table::delta {

/// The JSON of a Delta struct type, without column mapping.
/// Errors: kBadRequest naming the field whose type Delta lacks.
Result<std::string> SchemaJson(const arrow::Schema& schema);

}  // namespace weir::table::delta
