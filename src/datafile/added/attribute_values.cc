// SPDX-License-Identifier: Apache-2.0
#include "datafile/added/attribute_values.h"

#include <arrow/type.h>
#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <string_view>
#include <utility>

namespace weir::datafile {
namespace {

using signal::Leaf;
using signal::LeafKind;
using signal::LeafPage;

constexpr int64_t kRowsAtOnce = 4096;
constexpr std::string_view kTypesSuffix = "_types";
constexpr char kBytesLetter = 'y';

int LeavesOf(const arrow::DataType& type) {
  if (type.num_fields() == 0) return 1;
  int leaves = 0;
  for (const auto& field : type.fields()) leaves += LeavesOf(*field->type());
  return leaves;
}

uint8_t LevelOf(const arrow::Field& field) { return field.nullable() ? 1 : 0; }

/// The text that an entry's number stands for.
std::string_view TextOf(const Leaf& leaf, int32_t number) {
  return leaf.texts.at(leaf.kind == LeafKind::kDictionary ? leaf.dictionary[number] : number);
}

/// Calls `on_row` with each row and its entries: their places in the page, and for each place the
/// number of its value, -1 where it has none. `level`: at which an entry has a value.
template <typename OnRow>
void ForEachRow(const Leaf& leaf, int64_t rows, uint8_t level, OnRow on_row) {
  if (!leaf.fill) return;  // No row has a value.
  LeafPage page;
  std::vector<int32_t> value_of;
  for (int64_t begin = 0; begin < rows; begin += kRowsAtOnce) {
    const int64_t end = std::min(begin + kRowsAtOnce, rows);
    page.Clear();
    leaf.fill(begin, end, page);
    const size_t entries =
        page.repetition.empty() ? static_cast<size_t>(end - begin) : page.repetition.size();
    value_of.assign(entries, -1);
    int32_t values = 0;
    for (size_t i = 0; i < entries; ++i) {
      if (page.definition.empty() || page.definition[i] == level) value_of[i] = values++;
    }
    size_t entry = 0;
    for (int64_t row = begin; row < end; ++row) {
      const size_t first = entry++;
      while (entry < page.repetition.size() && page.repetition[entry] != 0) ++entry;
      on_row(row, page, std::span(value_of).subspan(first, entry - first));
    }
  }
}

}  // namespace

int LeafOf(const arrow::Schema& schema, const std::string& name) {
  int leaf = 0;
  for (const auto& field : schema.fields()) {
    if (field->name() == name) return field->type()->num_fields() == 0 ? leaf : -1;
    leaf += LeavesOf(*field->type());
  }
  return -1;
}

Result<MapLeaves> FindMap(const arrow::Schema& schema, const std::string& path) {
  const size_t dot = path.find('.');
  const std::string_view top = std::string_view(path).substr(0, dot);
  MapLeaves found{.path = path};
  int leaf = 0;
  uint8_t level = 0;
  const auto find = [&](const arrow::FieldVector& fields, std::string_view name) {
    const auto at = std::ranges::find(fields, name, &arrow::Field::name);
    for (auto before = fields.begin(); before != at; ++before) leaf += LeavesOf(*(*before)->type());
    return at;
  };
  const arrow::FieldVector* fields = &schema.fields();
  auto field = find(*fields, top);
  if (dot != std::string::npos && field != fields->end() &&
      (*field)->type()->id() == arrow::Type::STRUCT) {
    level = LevelOf(**field);
    fields = &(*field)->type()->fields();
    field = find(*fields, std::string_view(path).substr(dot + 1));
  }
  if (field == fields->end() || (*field)->type()->id() != arrow::Type::MAP) {
    return Error(ErrorKind::kNotFound, fmt::format("the table has no map `{}`", path));
  }
  const auto& type = static_cast<const arrow::MapType&>(*(*field)->type());
  found.key = leaf;
  found.value = leaf + 1;
  found.key_level = level + LevelOf(**field) + 1;
  found.value_level = found.key_level + LevelOf(*type.item_field());
  const auto next = field + 1;
  if (next != fields->end() && (*next)->name() == (*field)->name() + std::string(kTypesSuffix)) {
    found.types = leaf + 2;
    found.types_level = level + LevelOf(**next);
  }
  return found;
}

Result<AttributeValues> AttributeValues::For(const arrow::Schema& schema,
                                             const AddedColumns& columns, int64_t rows) {
  AttributeValues all;
  all.rows_ = rows;
  for (size_t i = 0; i < columns.size(); ++i) {
    const AddedColumn& column = columns[i];
    all.values_.emplace_back(LeafKindOf(*column.field->type()), rows);
    if (!column.source) continue;
    auto map = std::ranges::find(all.maps_, column.source->map,
                                 [](const Map& one) { return one.leaves.path; });
    if (map == all.maps_.end()) {
      MapLeaves leaves = TRY(FindMap(schema, column.source->map));
      map = all.maps_.insert(all.maps_.end(), {std::move(leaves), {}});
    }
    auto key = std::ranges::find(map->keys, column.source->key, &Key::text);
    if (key == map->keys.end()) {
      key = map->keys.insert(key, {column.source->key, {}, {}});
      key->entry.assign(static_cast<size_t>(rows), -1);
    }
    key->columns.push_back(i);
  }
  return all;
}

bool AttributeValues::Wants(int leaf) const {
  return std::ranges::any_of(maps_, [leaf](const Map& map) {
    return leaf == map.leaves.key || leaf == map.leaves.value || leaf == map.leaves.types;
  });
}

void AttributeValues::Read(int number, const Leaf& leaf) {
  for (Map& map : maps_) {
    if (number == map.leaves.key) ReadKeys(leaf, map);
    if (number == map.leaves.value) ReadValues(leaf, map);
    if (number == map.leaves.types) ReadTypes(leaf, map);
  }
}

void AttributeValues::ReadKeys(const Leaf& leaf, Map& map) const {
  // Which of the keys a number is: looked up once a number.
  constexpr int32_t kNotKnown = -2, kNone = -1;
  std::vector<int32_t> key_of;
  const auto find = [&](int32_t number) {
    if (number >= std::ssize(key_of)) key_of.resize(static_cast<size_t>(number) + 1, kNotKnown);
    int32_t& known = key_of[static_cast<size_t>(number)];
    if (known != kNotKnown) return known;
    const auto found = std::ranges::find(map.keys, TextOf(leaf, number), &Key::text);
    known = found == map.keys.end() ? kNone : static_cast<int32_t>(found - map.keys.begin());
    return known;
  };
  ForEachRow(leaf, rows_, map.leaves.key_level,
             [&](int64_t row, const LeafPage& page, std::span<const int32_t> value_of) {
               for (size_t i = 0; i < value_of.size(); ++i) {
                 const int32_t key = value_of[i] < 0 ? kNone : find(page.ints[value_of[i]]);
                 if (key < 0) continue;
                 map.keys[static_cast<size_t>(key)].entry[static_cast<size_t>(row)] =
                     static_cast<int32_t>(i);
               }
             });
}

void AttributeValues::ReadValues(const Leaf& leaf, const Map& map) {
  ForEachRow(leaf, rows_, map.leaves.value_level,
             [&](int64_t row, const LeafPage& page, std::span<const int32_t> value_of) {
               for (const Key& key : map.keys) {
                 const int32_t entry = key.entry[static_cast<size_t>(row)];
                 if (entry < 0 || std::cmp_greater_equal(entry, value_of.size())) continue;
                 const int32_t value = value_of[static_cast<size_t>(entry)];
                 if (value < 0) continue;
                 const std::string_view text = TextOf(leaf, page.ints[value]);
                 for (const size_t column : key.columns) values_[column].Set(row, text);
               }
             });
}

/// The text of bytes may look like a number and is none.
void AttributeValues::ReadTypes(const Leaf& leaf, const Map& map) {
  ForEachRow(leaf, rows_, map.leaves.types_level,
             [&](int64_t row, const LeafPage& page, std::span<const int32_t> value_of) {
               if (value_of.front() < 0) return;
               const std::string_view letters = TextOf(leaf, page.ints[value_of.front()]);
               for (const Key& key : map.keys) {
                 const int32_t entry = key.entry[static_cast<size_t>(row)];
                 if (entry < 0 || std::cmp_greater_equal(entry, letters.size())) continue;
                 if (letters[static_cast<size_t>(entry)] != kBytesLetter) continue;
                 for (const size_t column : key.columns) {
                   ColumnValues& values = values_[column];
                   if (values.kind() != LeafKind::kDictionary) values.Clear(row);
                 }
               }
             });
}

Status AddingSink::Add(const Leaf& leaf) {
  const int number = leaves_++;
  TRY(file_.Add(leaf));
  if (values_.Wants(number)) values_.Read(number, leaf);
  return Status::OK();
}

Status AddingSink::AddColumns() {
  for (const ColumnValues& values : values_.values()) TRY(values.WriteTo(file_));
  return Status::OK();
}

}  // namespace weir::datafile
