// SPDX-License-Identifier: Apache-2.0
#include "table/iceberg/file_layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include "table/iceberg/alter.h"
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

Status ReadOrder(const SortOrder& order, const Metadata& metadata, FileLayout& layout) {
  const SchemaFields fields = TRY(SchemaFieldsOf(*metadata.CurrentSchema()));
  layout.sort_order_id = order.order_id;
  for (const SortField& field : order.fields) {
    const auto found = fields.find(field.source_id);
    if (found == fields.end()) {
      return Error(ErrorKind::kBadRequest,
                   fmt::format("sort order {} names field {}, which is no column", order.order_id,
                               field.source_id));
    }
    const bool ascends = field.direction == "asc" && field.null_order == "nulls-first";
    const bool descends = field.direction == "desc" && field.null_order == "nulls-last";
    if (field.transform != "identity" || (!ascends && !descends)) {
      return Error(ErrorKind::kBadRequest,
                   fmt::format("sort order {} is not by plain {}, nulls first where it ascends and "
                               "last where it descends",
                               order.order_id, found->second.path));
    }
    layout.sort_columns.push_back(found->second.path);
    if (descends) layout.descending_columns.push_back(found->second.path);
    layout.sort_field_ids.push_back(field.source_id);
  }
  return Status::OK();
}

/// A whole number above 0 in a property; nothing where there is no such property.
Result<std::optional<int64_t>> NumberIn(const Metadata& metadata, const char* property) {
  const auto found = metadata.properties.find(property);
  if (found == metadata.properties.end()) return std::optional<int64_t>();
  const std::string& text = found->second;
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size() && number > 0) return number;
  return Error(ErrorKind::kBadRequest,
               fmt::format("property {} is {}, which is no size", property, text));
}

/// That of compacted files, or of fresh ones where the table lists no other yet.
Result<const SortOrder*> OrderOf(const Metadata& metadata) {
  const auto chosen = TRY(NumberIn(metadata, kCompactedOrderProperty));
  if (chosen) {
    const SortOrder* order = FindOrder(metadata, static_cast<int32_t>(*chosen));
    if (order != nullptr) return order;
    return Error(ErrorKind::kBadRequest,
                 fmt::format("property {} is {}, and there is no such sort order",
                             kCompactedOrderProperty, *chosen));
  }
  const SortOrder* order = FindOrder(metadata, kCompactedOrderId);
  return order != nullptr ? order : FindOrder(metadata, kFreshOrderId);
}

}  // namespace

Status SetCompactedOrder(const std::vector<OrderedColumn>& order, Metadata& metadata) {
  constexpr std::string_view kTypes = " string int long date timestamptz ";
  if (order.empty() || order.size() > kOrderColumnsMax) {
    return Error(ErrorKind::kBadRequest,
                 fmt::format("a sort order has 1 to {} columns", kOrderColumnsMax));
  }
  const std::vector<TopField> columns = TRY(TopFieldsOf(*metadata.CurrentSchema()));
  SortOrder next{.order_id = kCompactedOrderId + 1, .fields = {}};
  for (const OrderedColumn& wanted : order) {
    const auto column = std::ranges::find(columns, wanted.column, &TopField::name);
    const bool has_order =
        column != columns.end() && kTypes.find(" " + column->type + " ") != std::string_view::npos;
    if (!has_order) {
      return Error(ErrorKind::kBadRequest,
                   fmt::format("sort by `{}`: it has to be a column of one of the types{}",
                               wanted.column.substr(0, 100), kTypes));
    }
    if (std::ranges::find(next.fields, column->id, &SortField::source_id) != next.fields.end()) {
      return Error(ErrorKind::kBadRequest, fmt::format("sort by `{}` twice", wanted.column));
    }
    next.fields.push_back({.source_id = column->id,
                           .transform = "identity",
                           .direction = wanted.is_descending ? "desc" : "asc",
                           .null_order = wanted.is_descending ? "nulls-last" : "nulls-first"});
  }
  for (const SortOrder& known : metadata.sort_orders) {
    next.order_id = std::max(next.order_id, known.order_id + 1);
    // Fresh files are never taken for compacted ones.
    if (known.fields != next.fields || known.order_id == kFreshOrderId) continue;
    metadata.properties[kCompactedOrderProperty] = std::to_string(known.order_id);
    return Status::OK();
  }
  metadata.properties[kCompactedOrderProperty] = std::to_string(next.order_id);
  metadata.sort_orders.push_back(std::move(next));
  return Status::OK();
}

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
  const SortOrder* order = TRY(OrderOf(metadata));
  if (order != nullptr) TRY(ReadOrder(*order, metadata, layout));
  for (const auto& [name, value] : metadata.properties) {
    if (!name.starts_with(kBloomProperty) || value != "true") continue;
    layout.bloom_columns.push_back(name.substr(kBloomProperty.size()));
  }
  layout.target_bytes = TRY(NumberIn(metadata, kTargetProperty));
  layout.shape = TRY(ShapeOf(metadata));
  return layout;
}

}  // namespace weir::table::iceberg
