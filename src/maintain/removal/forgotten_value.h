// SPDX-License-Identifier: Apache-2.0
#pragma once
// What may be asked to be forgotten, and which rows of a table that means.

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "datafile/rewrite/row_condition.h"
#include "table/iceberg/schema_fields.h"

namespace weir::maintain {

/// All rows with this value in this column, of every table that has the column; and dead letters
/// whose original or detail has it.
struct ForgottenValue {
  std::string column;
  std::string value;

  bool operator==(const ForgottenValue&) const = default;
};

/// As the columns have it: a trace id becomes lower-case. Errors: kBadRequest for a column that is
/// none of trace_id, user_id and session_id, a trace id that is not 32 hex digits, and values that
/// are empty or longer than 4 KiB.
Result<ForgottenValue> CheckForgottenValue(std::string_view column, std::string_view value);

/// Empty where the table has no column that could hold it.
std::vector<datafile::RowCondition> ConditionsFor(const ForgottenValue& forgotten,
                                                  const table::iceberg::SchemaFields& fields);

/// Whether `bytes`, a request in protobuf or JSON, compressed or not, has the value: a trace id as
/// 16 bytes or in hex, other values as a whole text of either format. What is compressed and cut
/// off is looked at as far as it can be read.
bool OriginalHas(std::string_view bytes, const ForgottenValue& forgotten);

}  // namespace weir::maintain
