// SPDX-License-Identifier: Apache-2.0
#include "table/iceberg/file_layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string_view>

#include "table/iceberg/schema_fields.h"
#include "table/iceberg/schema_json.h"

namespace weir::table::iceberg {
namespace {

// Iceberg's names of what its writers follow.
constexpr std::string_view kBloomProperty = "write.parquet.bloom-filter-enabled.column.";
constexpr const char* kTargetProperty = "write.target-file-size-bytes";

const SortOrder* FindOrder(const Metadata& metadata, int32_t id) {
  const auto found = std::ranges::find(metadata.sort_orders, id, &SortOrder::order_id);
  return found == metadata.sort_orders.end() ? nullptr : &*found;
}

Status DeclareOrder(const arrow::Schema& schema, int32_t id,
                    const std::vector<std::string>& columns, Metadata& metadata) {
  if (columns.empty() || FindOrder(metadata, id) != nullptr) return Status::OK();
  SortOrder order{.order_id = id, .fields = {}};
  for (const std::string& column : columns) {
    const int32_t source_id = TRY(ColumnIdOf(schema, column));
    order.fields.push_back({.source_id = source_id,
                            .transform = "identity",
                            .direction = "asc",
                            .null_order = "nulls-first"});
  }
  metadata.sort_orders.push_back(std::move(order));
  return Status::OK();
}

Result<std::vector<std::string>> ColumnsOf(const SortOrder& order, const Metadata& metadata) {
  const SchemaFields fields = TRY(SchemaFieldsOf(*metadata.CurrentSchema()));
  std::vector<std::string> columns;
  for (const SortField& field : order.fields) {
    const auto found = fields.find(field.source_id);
    if (found == fields.end()) {
      return Error(ErrorKind::kBadRequest,
                   fmt::format("sort order {} names field {}, which is no column", order.order_id,
                               field.source_id));
    }
    if (field.transform != "identity" || field.direction != "asc" ||
        field.null_order != "nulls-first") {
      return Error(ErrorKind::kBadRequest,
                   fmt::format("sort order {} is not ascending by plain {}, nulls first",
                               order.order_id, found->second.path));
    }
    columns.push_back(found->second.path);
  }
  return columns;
}

Result<std::optional<int64_t>> TargetBytesOf(const Metadata& metadata) {
  const auto found = metadata.properties.find(kTargetProperty);
  if (found == metadata.properties.end()) return std::optional<int64_t>();
  const std::string& text = found->second;
  int64_t bytes = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bytes);
  if (error == std::errc() && end == text.data() + text.size() && bytes > 0) return bytes;
  return Error(ErrorKind::kBadRequest,
               fmt::format("property {} is {}, which is no size", kTargetProperty, text));
}

}  // namespace

Status DeclareLayout(const TableDefinition& definition, Metadata& metadata) {
  TRY(DeclareOrder(*definition.schema, kFreshOrderId, definition.sort_columns, metadata));
  TRY(DeclareOrder(*definition.schema, kCompactedOrderId, definition.compacted_sort_columns,
                   metadata));
  for (const std::string& column : definition.bloom_columns) {
    metadata.properties.try_emplace(std::string(kBloomProperty) + column, "true");
  }
  return Status::OK();
}

Result<FileLayout> LayoutOf(const Metadata& metadata) {
  FileLayout layout;
  const SortOrder* order = FindOrder(metadata, kCompactedOrderId);
  if (order == nullptr) order = FindOrder(metadata, kFreshOrderId);
  if (order != nullptr) {
    layout.sort_order_id = order->order_id;
    layout.sort_columns = TRY(ColumnsOf(*order, metadata));
    for (const SortField& field : order->fields) layout.sort_field_ids.push_back(field.source_id);
  }
  for (const auto& [name, value] : metadata.properties) {
    if (!name.starts_with(kBloomProperty) || value != "true") continue;
    layout.bloom_columns.push_back(name.substr(kBloomProperty.size()));
  }
  layout.target_bytes = TRY(TargetBytesOf(metadata));
  return layout;
}

}  // namespace weir::table::iceberg
