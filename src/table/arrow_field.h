// SPDX-License-Identifier: Apache-2.0
#pragma once
// What both formats ask of an Arrow field.

#include <arrow/type_fwd.h>

#include <cstdint>

#include "base/result.h"

namespace weir::table {

/// The field's id, from its metadata `PARQUET:field_id`. Errors: kBadRequest naming the field.
Result<int32_t> FieldIdOf(const arrow::Field& field);

/// The type of the values: a dictionary's value type, any other type itself. Borrowed from `type`.
const arrow::DataType& ValueType(const arrow::DataType& type);

/// True for microseconds with a time zone, the only timestamp that both formats and all engines
/// share.
bool IsUtcMicros(const arrow::DataType& type);

}  // namespace weir::table
