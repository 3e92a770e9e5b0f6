// SPDX-License-Identifier: Apache-2.0
#include "table/delta/checkpoint_schema.h"

#include <arrow/type.h>

namespace weir::table::delta {
namespace {

using arrow::field;

std::shared_ptr<arrow::DataType> Texts() { return arrow::list(field("element", arrow::utf8())); }
std::shared_ptr<arrow::DataType> TextMap() { return arrow::map(arrow::utf8(), arrow::utf8()); }

std::shared_ptr<arrow::DataType> Transaction() {
  return arrow::struct_({field("appId", arrow::utf8()), field("version", arrow::int64()),
                         field("lastUpdated", arrow::int64())});
}

std::shared_ptr<arrow::DataType> Add(bool has_tags) {
  arrow::FieldVector fields = {
      field("path", arrow::utf8()),          field("partitionValues", TextMap()),
      field("size", arrow::int64()),         field("modificationTime", arrow::int64()),
      field("dataChange", arrow::boolean()), field("stats", arrow::utf8())};
  if (has_tags) fields.push_back(field("tags", TextMap()));
  return arrow::struct_(fields);
}

std::shared_ptr<arrow::DataType> Remove() {
  return arrow::struct_({field("path", arrow::utf8()), field("deletionTimestamp", arrow::int64()),
                         field("dataChange", arrow::boolean()),
                         field("extendedFileMetadata", arrow::boolean()),
                         field("partitionValues", TextMap()), field("size", arrow::int64())});
}

std::shared_ptr<arrow::DataType> Metadata() {
  const auto format =
      arrow::struct_({field("provider", arrow::utf8()), field("options", TextMap())});
  return arrow::struct_({field("id", arrow::utf8()), field("format", format),
                         field("schemaString", arrow::utf8()), field("partitionColumns", Texts()),
                         field("configuration", TextMap()), field("createdTime", arrow::int64())});
}

std::shared_ptr<arrow::DataType> Protocol() {
  return arrow::struct_({field("minReaderVersion", arrow::int32()),
                         field("minWriterVersion", arrow::int32()),
                         field("readerFeatures", Texts()), field("writerFeatures", Texts())});
}

}  // namespace

std::shared_ptr<arrow::Schema> CheckpointSchema(bool has_tags) {
  return arrow::schema({field("txn", Transaction()), field("add", Add(has_tags)),
                        field("remove", Remove()), field("metaData", Metadata()),
                        field("protocol", Protocol())});
}

}  // namespace weir::table::delta
