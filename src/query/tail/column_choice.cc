// SPDX-License-Identifier: Apache-2.0
#include "query/tail/column_choice.h"

#include <arrow/type.h>
#include <arrow/type_traits.h>
#include <arrow/util/key_value_metadata.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace weir::query {
namespace {

size_t LeavesOf(const arrow::DataType& type) {
  if (type.num_fields() == 0) return 1;
  size_t leaves = 0;
  for (const auto& field : type.fields()) leaves += LeavesOf(*field->type());
  return leaves;
}

Result<int32_t> IdOf(const arrow::Field& field) {
  if (field.HasMetadata()) {
    const std::string text = field.metadata()->Get("PARQUET:field_id").ValueOr("");
    int32_t id = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), id);
    if (!text.empty() && read.ptr == text.data() + text.size()) return id;
  }
  return Error(ErrorKind::kInternal, fmt::format("column {} has no field id", field.name()));
}

}  // namespace

Result<ColumnChoice> ColumnChoice::Of(const std::vector<std::shared_ptr<arrow::Field>>& fields,
                                      const std::set<int32_t>& wanted) {
  std::vector<bool> is_wanted;
  for (const auto& field : fields) {
    const int32_t id = TRY(IdOf(*field));
    is_wanted.push_back(wanted.contains(id));
  }
  if (std::ranges::find(is_wanted, true) == is_wanted.end()) {
    const auto plain = std::ranges::find_if(
        fields, [](const auto& field) { return arrow::is_primitive(field->type()->id()); });
    if (plain == fields.end()) return Error(ErrorKind::kInternal, "no column is a plain number");
    is_wanted[static_cast<size_t>(plain - fields.begin())] = true;
  }
  ColumnChoice choice;
  std::vector<std::shared_ptr<arrow::Field>> chosen;
  for (size_t i = 0; i < fields.size(); ++i) {
    choice.is_chosen_.insert(choice.is_chosen_.end(), LeavesOf(*fields[i]->type()), is_wanted[i]);
    if (is_wanted[i]) chosen.push_back(fields[i]);
  }
  choice.schema_ = arrow::schema(std::move(chosen));
  return choice;
}

}  // namespace weir::query
