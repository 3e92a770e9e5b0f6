// SPDX-License-Identifier: Apache-2.0
#include "table/arrow_field.h"

#include <arrow/type.h>
#include <arrow/util/key_value_metadata.h>
#include <fmt/format.h>

#include <charconv>
#include <string>

namespace weir::table {

Result<int32_t> FieldIdOf(const arrow::Field& field) {
  std::string text;
  if (field.metadata() != nullptr) {
    text = field.metadata()->Get("PARQUET:field_id").ValueOr("");
  }
  int32_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc() || end != text.data() + text.size() || id <= 0) {
    return Error(ErrorKind::kBadRequest, fmt::format("field {} has no field id", field.name()));
  }
  return id;
}

const arrow::DataType& ValueType(const arrow::DataType& type) {
  if (type.id() != arrow::Type::DICTIONARY) return type;
  return *static_cast<const arrow::DictionaryType&>(type).value_type();
}

bool IsUtcMicros(const arrow::DataType& type) {
  if (type.id() != arrow::Type::TIMESTAMP) return false;
  const auto& timestamp = static_cast<const arrow::TimestampType&>(type);
  return timestamp.unit() == arrow::TimeUnit::MICRO && !timestamp.timezone().empty();
}

}  // namespace weir::table
