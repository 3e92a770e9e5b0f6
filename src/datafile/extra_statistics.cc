// SPDX-License-Identifier: Apache-2.0
#include "datafile/extra_statistics.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <arrow/util/key_value_metadata.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <memory>
#include <optional>
#include <string_view>

#include "datafile/text_bound.h"

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

bool HasLongText(const arrow::StringArray& texts) {
  for (int64_t i = 0; i < texts.length(); ++i) {
    if (texts.value_length(i) > kListedTextBytesMax) return true;
  }
  return false;
}

/// A column of texts, plain or behind a dictionary.
struct TextView {
  const arrow::StringArray* texts = nullptr;
  const arrow::DictionaryArray* indices = nullptr;  // Null where plain.

  std::string_view at(int64_t row) const {
    return texts->GetView(indices == nullptr ? row : indices->GetValueIndex(row));
  }
};

std::optional<TextView> ViewTexts(const arrow::Array& column) {
  if (column.type_id() == arrow::Type::STRING) {
    return TextView{static_cast<const arrow::StringArray*>(&column), nullptr};
  }
  if (column.type_id() != arrow::Type::DICTIONARY) return std::nullopt;
  const auto& indices = static_cast<const arrow::DictionaryArray&>(column);
  if (indices.dictionary()->type_id() != arrow::Type::STRING) return std::nullopt;
  return TextView{static_cast<const arrow::StringArray*>(indices.dictionary().get()), &indices};
}

}  // namespace

Status ExtraStatistics::Add(const arrow::RecordBatch& batch) {
  for (int i = 0; i < batch.num_columns(); ++i) {
    TRY(AddField(*batch.schema()->field(i), batch.column(i)));
  }
  return Status::OK();
}

Status ExtraStatistics::AddField(const arrow::Field& field,
                                 const std::shared_ptr<arrow::Array>& column) {
  switch (column->type_id()) {
    case arrow::Type::DOUBLE:
      nan_counts_[FieldId(field)] += NansOf(static_cast<const arrow::DoubleArray&>(*column));
      break;
    case arrow::Type::STRING:
    case arrow::Type::DICTIONARY: AddColumn(FieldId(field), *column); break;
    case arrow::Type::STRUCT: {
      const auto& structs = static_cast<const arrow::StructArray&>(*column);
      for (int i = 0; i < field.type()->num_fields(); ++i) {
        // Maps and lists have no statistics; the rest is flattened: a value below a null struct is
        // null.
        if (arrow::is_list_like(field.type()->field(i)->type()->id())) continue;
        const auto member = TRY(structs.GetFlattenedField(i));
        TRY(AddField(*field.type()->field(i), member));
      }
      break;
    }
    default: break;
  }
  return Status::OK();
}

void ExtraStatistics::AddColumn(int32_t field_id, const arrow::Array& column) {
  const std::optional<TextView> view = ViewTexts(column);
  if (!view || !HasLongText(*view->texts)) return;
  std::optional<std::string_view> lowest, highest;
  for (int64_t row = 0; row < column.length(); ++row) {
    if (column.IsNull(row)) continue;
    const std::string_view text = view->at(row);
    if (!lowest || text < *lowest) lowest = text;
    if (!highest || text > *highest) highest = text;
  }
  if (lowest) AddLongTexts(field_id, *lowest, *highest);
}

void ExtraStatistics::AddTexts(int32_t field_id, std::string_view lowest,
                               std::string_view highest) {
  const auto longest = static_cast<int64_t>(std::max(lowest.size(), highest.size()));
  if (longest > kListedTextBytesMax) AddLongTexts(field_id, lowest, highest);
}

void ExtraStatistics::AddLongTexts(int32_t field_id, std::string_view lowest,
                                   std::string_view highest) {
  LongTexts& found = long_texts_[field_id];
  const std::string lower = LowerBound(lowest);
  const std::optional<std::string> upper = UpperBound(highest);
  const bool is_first = found.batches++ == 0;
  found.lower = is_first ? lower : std::min(found.lower, lower);
  found.has_upper &= upper.has_value();
  if (upper) found.upper = is_first ? *upper : std::max(found.upper, *upper);
}

const LongTexts* ExtraStatistics::FindLongTexts(int32_t field_id) const {
  const auto found = long_texts_.find(field_id);
  return found == long_texts_.end() ? nullptr : &found->second;
}

void ExtraStatistics::AddNanCountsTo(DataFile& file) const {
  for (const auto& [field_id, nans] : nan_counts_) {
    const auto found = file.statistics.find(field_id);
    if (found != file.statistics.end()) found->second.nan_count = nans;
  }
}

}  // namespace weir::datafile
