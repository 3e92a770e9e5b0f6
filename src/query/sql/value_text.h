// SPDX-License-Identifier: Apache-2.0
#pragma once
// One value of an Arrow array as text.

#include <arrow/type_fwd.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace weir::query::sql {

/// Appends the value as JSON; see NewAnswerWriter for how types look.
void AppendJsonValue(std::string& out, const arrow::Array& values, int64_t row);

/// Appends the value as a field of CSV.
void AppendCsvValue(std::string& out, const arrow::Array& values, int64_t row);

/// Appends a text as a field of CSV.
void AppendCsvText(std::string& out, std::string_view text);

}  // namespace weir::query::sql
