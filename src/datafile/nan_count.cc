// SPDX-License-Identifier: Apache-2.0
#include "datafile/nan_count.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <arrow/util/key_value_metadata.h>

#include <charconv>
#include <cmath>
#include <memory>
#include <string>

namespace weir::datafile {
namespace {

/// -1 where the field has no id, as Parquet has it.
int32_t FieldId(const arrow::Field& field) {
  int32_t id = -1;
  if (field.metadata() == nullptr) return id;
  const std::string text = field.metadata()->Get("PARQUET:field_id").ValueOr("");
  std::from_chars(text.data(), text.data() + text.size(), id);
  return id;
}

int64_t NansOf(const arrow::DoubleArray& doubles) {
  int64_t nans = 0;
  for (int64_t row = 0; row < doubles.length(); ++row) {
    nans += std::isnan(doubles.Value(row)) && doubles.IsValid(row);
  }
  return nans;
}

Status CountNansOf(const arrow::Field& field, const std::shared_ptr<arrow::Array>& column,
                   std::map<int32_t, int64_t>& counts) {
  if (field.type()->id() == arrow::Type::DOUBLE) {
    counts[FieldId(field)] += NansOf(static_cast<const arrow::DoubleArray&>(*column));
  }
  if (field.type()->id() != arrow::Type::STRUCT) return Status::OK();
  const auto& structs = static_cast<const arrow::StructArray&>(*column);
  for (int i = 0; i < field.type()->num_fields(); ++i) {
    // Flattened: a value below a null struct is null.
    const auto member = TRY(structs.GetFlattenedField(i));
    TRY(CountNansOf(*field.type()->field(i), member, counts));
  }
  return Status::OK();
}

bool HasDoubles(const arrow::DataType& type) {
  if (type.id() == arrow::Type::DOUBLE) return true;
  if (type.id() != arrow::Type::STRUCT) return false;
  for (const auto& field : type.fields()) {
    if (HasDoubles(*field->type())) return true;
  }
  return false;
}

}  // namespace

Status CountNans(const arrow::RecordBatch& batch, std::map<int32_t, int64_t>& counts) {
  for (int i = 0; i < batch.num_columns(); ++i) {
    const arrow::Field& field = *batch.schema()->field(i);
    if (HasDoubles(*field.type())) TRY(CountNansOf(field, batch.column(i), counts));
  }
  return Status::OK();
}

}  // namespace weir::datafile
