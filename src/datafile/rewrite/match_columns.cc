// SPDX-License-Identifier: Apache-2.0
#include "datafile/rewrite/match_columns.h"

#include <fmt/format.h>
#include <parquet/types.h>

#include <string>
#include <tuple>

namespace weir::datafile {
namespace {

/// What Parquet says anyway of 32 and 64 bits: some writers repeat it.
bool IsPlainNumber(const parquet::ColumnDescriptor& column) {
  const auto& type = column.logical_type();
  if (type == nullptr || type->is_none()) return true;
  if (!type->is_int()) return false;
  const auto& number = static_cast<const parquet::IntLogicalType&>(*type);
  const int bits = column.physical_type() == parquet::Type::INT32 ? 32 : 64;
  return number.is_signed() && number.bit_width() == bits;
}

bool IsSameType(const parquet::ColumnDescriptor& one, const parquet::ColumnDescriptor& other) {
  if (one.physical_type() != other.physical_type()) return false;
  const bool is_number =
      one.physical_type() == parquet::Type::INT32 || one.physical_type() == parquet::Type::INT64;
  if (is_number && IsPlainNumber(one) && IsPlainNumber(other)) return true;
  const auto &type = one.logical_type(), &of_other = other.logical_type();
  if (type == nullptr || of_other == nullptr) return type == of_other;
  return type->Equals(*of_other);
}

/// Fields above a leaf and itself have the same ids and are groups of the same kind.
bool IsSamePlace(const parquet::schema::Node& one, const parquet::schema::Node& other) {
  const parquet::schema::Node *a = &one, *b = &other;
  for (; a->parent() != nullptr && b->parent() != nullptr; a = a->parent(), b = b->parent()) {
    if (a->field_id() != b->field_id()) return false;
    if (a->is_group() && a->repetition() != b->repetition()) return false;
  }
  return a->parent() == nullptr && b->parent() == nullptr;
}

bool FitsInto(const parquet::ColumnDescriptor& from, const parquet::ColumnDescriptor& to) {
  if (!IsSameType(from, to) || !IsSamePlace(*from.schema_node(), *to.schema_node())) return false;
  if (from.max_repetition_level() != to.max_repetition_level()) return false;
  if (from.max_definition_level() == to.max_definition_level()) return true;
  return to.max_definition_level() == 0 && from.max_definition_level() == 1;
}

int LevelsOf(const parquet::SchemaDescriptor& schema) {
  int levels = 0;
  for (int column = 0; column < schema.num_columns(); ++column) {
    levels += schema.Column(column)->max_definition_level();
  }
  return levels;
}

}  // namespace

const parquet::SchemaDescriptor& WidestOf(
    const std::vector<const parquet::SchemaDescriptor*>& schemas) {
  const parquet::SchemaDescriptor* widest = schemas.front();
  for (const parquet::SchemaDescriptor* schema : schemas) {
    const bool is_wider = std::tuple(-schema->num_columns(), LevelsOf(*schema)) <
                          std::tuple(-widest->num_columns(), LevelsOf(*widest));
    if (is_wider) widest = schema;
  }
  return *widest;
}

Result<std::vector<int>> MatchColumns(const parquet::SchemaDescriptor& from,
                                      const parquet::SchemaDescriptor& to) {
  std::vector<int> places(static_cast<size_t>(to.num_columns()), -1);
  for (int column = 0; column < from.num_columns(); ++column) {
    const parquet::ColumnDescriptor& found = *from.Column(column);
    const int place = to.ColumnIndex(found.path()->ToDotString());
    if (place < 0 || places[place] >= 0 || !FitsInto(found, *to.Column(place))) {
      return Error(ErrorKind::kBadRequest,
                   fmt::format("column {} of one file does not fit into another",
                               found.path()->ToDotString()));
    }
    places[place] = column;
  }
  for (int column = 0; column < to.num_columns(); ++column) {
    if (places[column] >= 0 || to.Column(column)->max_definition_level() > 0) continue;
    return Error(ErrorKind::kBadRequest, fmt::format("a file lacks column {}, which others require",
                                                     to.Column(column)->path()->ToDotString()));
  }
  return places;
}

}  // namespace weir::datafile
