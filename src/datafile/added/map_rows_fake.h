// SPDX-License-Identifier: Apache-2.0
#pragma once
// For tests: rows with maps of attributes, and columns that are added to them.

#include <arrow/array.h>
#include <arrow/io/memory.h>
#include <arrow/json/from_string.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <arrow/util/key_value_metadata.h>
#include <fmt/format.h>
#include <parquet/arrow/reader.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "datafile/added/added_column.h"

namespace weir::datafile {

inline std::shared_ptr<arrow::Field> MapField(int id, std::string name,
                                              std::shared_ptr<arrow::DataType> type,
                                              bool nullable = true) {
  return arrow::field(std::move(name), std::move(type), nullable,
                      arrow::key_value_metadata({"PARQUET:field_id"}, {std::to_string(id)}));
}

inline std::shared_ptr<arrow::DataType> TextMap(int id) {
  return std::make_shared<arrow::MapType>(MapField(id, "key", arrow::utf8(), false),
                                          MapField(id + 1, "value", arrow::utf8()));
}

/// Rows by their maps `attributes`, as JSON; `types`: their letters; null where there are none.
/// Each has a resource with the attribute `a`, and its number in `n`.
inline std::shared_ptr<arrow::RecordBatch> MapRows(const std::vector<std::string>& maps,
                                                   const std::vector<std::string>& types = {}) {
  const auto resource = arrow::struct_({MapField(21, "attributes", TextMap(22))});
  const auto schema = arrow::schema(
      {MapField(1, "n", arrow::int64()), MapField(2, "attributes", TextMap(3)),
       MapField(5, "attributes_types", arrow::utf8()), MapField(20, "resource", resource)});
  std::string rows[4] = {"[", "[", "[", "["};
  for (size_t i = 0; i < maps.size(); ++i) {
    const std::string values[4] = {std::to_string(i), maps[i], i < types.size() ? types[i] : "null",
                                   fmt::format(R"({{"attributes":[["a","resource {}"]]}})", i)};
    for (int column = 0; column < 4; ++column) {
      rows[column] += (i == 0 ? "" : ",") + values[column];
    }
  }
  arrow::ArrayVector columns;
  for (int column = 0; column < 4; ++column) {
    columns.push_back(
        arrow::json::ArrayFromJSONString(schema->field(column)->type(), rows[column] + "]")
            .ValueOrDie());
  }
  return arrow::RecordBatch::Make(schema, std::ssize(maps), columns);
}

/// A column `name` of the attribute `key`; one without a source where `map` is empty.
inline AddedColumn AddedTo(std::string map, std::string key, std::string name,
                           std::shared_ptr<arrow::DataType> type, int id = 0) {
  const int given = id != 0 ? id : 100 + name[0];
  AddedColumn column{.field = MapField(given, std::move(name), std::move(type)), .source = {}};
  if (!map.empty()) column.source = {std::move(map), std::move(key)};
  return column;
}

/// A column of the file `bytes`, row by row.
inline std::vector<std::string> ColumnTexts(const std::string& bytes, const std::string& name) {
  const auto file = std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(bytes));
  auto reader = parquet::arrow::OpenFile(file, arrow::default_memory_pool()).ValueOrDie();
  const auto column = reader->ReadTable().ValueOrDie()->GetColumnByName(name);
  std::vector<std::string> texts;
  for (int64_t row = 0; row < column->length(); ++row) {
    texts.push_back(column->GetScalar(row).ValueOrDie()->ToString());
  }
  return texts;
}

}  // namespace weir::datafile
