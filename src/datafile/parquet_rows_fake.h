// SPDX-License-Identifier: Apache-2.0
#pragma once
// For tests: rows of a small table with every kind of nesting that the published tables have.

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/json/from_string.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <arrow/util/key_value_metadata.h>

#include <memory>
#include <string>
#include <utility>

namespace weir::datafile {

inline std::shared_ptr<arrow::Field> FieldWithId(int id, std::string name,
                                                 std::shared_ptr<arrow::DataType> type,
                                                 bool nullable = true) {
  return arrow::field(std::move(name), std::move(type), nullable,
                      arrow::key_value_metadata({"PARQUET:field_id"}, {std::to_string(id)}));
}

inline std::shared_ptr<arrow::DataType> TextMap(int key_id, int value_id) {
  return std::make_shared<arrow::MapType>(FieldWithId(key_id, "key", arrow::utf8(), false),
                                          FieldWithId(value_id, "value", arrow::utf8()));
}

inline std::shared_ptr<arrow::Schema> NestedSchema() {
  const auto event = arrow::struct_(
      {FieldWithId(14, "name", arrow::utf8()), FieldWithId(15, "attributes", TextMap(21, 22))});
  return arrow::schema({
      FieldWithId(1, "record_id", arrow::utf8(), false),
      FieldWithId(2, "service_name", arrow::utf8()),
      FieldWithId(3, "time", arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"), false),
      FieldWithId(4, "date", arrow::date32(), false),
      FieldWithId(5, "duration_ns", arrow::int64()),
      FieldWithId(6, "cost", arrow::float64()),
      FieldWithId(7, "is_root", arrow::boolean()),
      FieldWithId(8, "kind", arrow::int32()),
      FieldWithId(9, "attributes", TextMap(10, 11)),
      FieldWithId(12, "events", arrow::list(FieldWithId(13, "element", event))),
      FieldWithId(16, "resource",
                  arrow::struct_({FieldWithId(17, "schema_url", arrow::utf8()),
                                  FieldWithId(18, "attributes", TextMap(19, 20))})),
  });
}

/// Columns of NestedSchema: full, null, empty and nested rows.
inline std::shared_ptr<arrow::RecordBatch> NestedRows() {
  const std::string json = R"([
    {"record_id":"r1","service_name":"cart","time":1795132800000001,"date":20777,"duration_ns":5,"cost":0.5,
     "is_root":true,"kind":2,"attributes":[["a","1"],["b",null]],
     "events":[{"name":"e1","attributes":[["x","y"]]},{"name":null,"attributes":[]}],
     "resource":{"schema_url":"http://s","attributes":[["host","h1"]]}},
    {"record_id":"r2","service_name":null,"time":1795132800000002,"date":20777,"duration_ns":null,"cost":null,
     "is_root":null,"kind":null,"attributes":null,"events":null,"resource":null},
    {"record_id":"r3","service_name":"","time":1795132799000000,"date":20777,"duration_ns":-7,"cost":-2.5,
     "is_root":false,"kind":1,"attributes":[],"events":[],
     "resource":{"schema_url":null,"attributes":null}}])";
  const auto schema = NestedSchema();
  const auto rows =
      arrow::json::ArrayFromJSONString(arrow::struct_(schema->fields()), json).ValueOrDie();
  return arrow::RecordBatch::Make(schema, 3,
                                  static_cast<const arrow::StructArray&>(*rows).fields());
}

/// The same batch with its text column `name` dictionary-encoded.
inline std::shared_ptr<arrow::RecordBatch> DictionaryEncoded(
    const std::shared_ptr<arrow::RecordBatch>& batch, const std::string& name) {
  const int at = batch->schema()->GetFieldIndex(name);
  const auto& texts = static_cast<const arrow::StringArray&>(*batch->column(at));
  arrow::StringDictionary32Builder builder;
  for (int64_t row = 0; row < texts.length(); ++row) {
    const arrow::Status added =
        texts.IsNull(row) ? builder.AppendNull() : builder.Append(texts.GetView(row));
    if (!added.ok()) return nullptr;
  }
  const auto encoded = builder.Finish().ValueOrDie();
  const auto field = batch->schema()->field(at)->WithType(encoded->type());
  return batch->SetColumn(at, field, encoded).ValueOrDie();
}

}  // namespace weir::datafile
