// SPDX-License-Identifier: Apache-2.0
#include "datafile/footer.h"

#include <fmt/format.h>
#include <parquet/exception.h>
#include <parquet/metadata.h>
#include <parquet/schema.h>

#include <algorithm>

#include "datafile/footer_bytes.h"
#include "datafile/parquet_statistics.h"

namespace weir::datafile {
namespace {

constexpr int kDepthMax = 64;

Status Malformed(std::string_view what) {
  return Error(ErrorKind::kBadRequest, fmt::format("read parquet footer: {}", what));
}

void CollectFields(const parquet::schema::Node& node, const std::string& parent, int depth,
                   std::vector<FooterField>& fields) {
  std::string path = parent;
  if (node.field_id() >= 0 && depth > 0) {
    path = parent.empty() ? node.name() : fmt::format("{}.{}", parent, node.name());
    FooterField field{.field_id = node.field_id(), .path = path, .type = {}};
    if (node.is_primitive()) {
      const auto& leaf = static_cast<const parquet::schema::PrimitiveNode&>(node);
      field.type = parquet::TypeToString(leaf.physical_type());
    }
    fields.push_back(std::move(field));
  }
  if (!node.is_group() || depth > kDepthMax) return;
  const auto& group = static_cast<const parquet::schema::GroupNode&>(node);
  for (int i = 0; i < group.field_count(); ++i) {
    CollectFields(*group.field(i), path, depth + 1, fields);
  }
}

void AddBounds(const parquet::ColumnChunkMetaData& chunk, FooterBounds& sum) {
  const std::shared_ptr<parquet::Statistics> statistics = chunk.statistics();
  if (statistics == nullptr || !statistics->HasMinMax()) return;
  const auto bounds = ReadBounds(*statistics);
  if (!bounds) return;
  // A bound that was cut says nothing of where the least or largest value is.
  if (statistics->is_min_value_exact().value_or(true)) {
    sum.lower = sum.lower ? std::min(*sum.lower, bounds->first) : bounds->first;
  }
  if (statistics->is_max_value_exact().value_or(true)) {
    sum.upper = sum.upper ? std::max(*sum.upper, bounds->second) : bounds->second;
  }
}

Result<Footer> ReadMetadata(const parquet::FileMetaData& metadata, int64_t pages_end) {
  Footer footer;
  for (int group = 0; group < metadata.num_row_groups(); ++group) {
    const auto row_group = metadata.RowGroup(group);
    for (int column = 0; column < metadata.num_columns(); ++column) {
      const auto chunk = row_group->ColumnChunk(column);
      TRY(PlaceOf(*chunk, pages_end));
      const parquet::ColumnDescriptor& descriptor = *metadata.schema()->Column(column);
      if (descriptor.max_repetition_level() > 0) continue;
      AddBounds(*chunk, footer.bounds[descriptor.schema_node()->field_id()]);
    }
  }
  footer.file = Describe(metadata, {});
  CollectFields(*metadata.schema()->group_node(), "", 0, footer.fields);
  return footer;
}

}  // namespace

Result<Footer> ReadFooter(const store::Store& store, std::string_view path, int64_t file_bytes) {
  const std::string thrift = TRY(ReadFooterBytes(store, path, file_bytes));
  try {
    const auto metadata = parquet::FileMetaData::Make(thrift.data(), std::ssize(thrift));
    return ReadMetadata(*metadata, file_bytes - kFileEndBytes - std::ssize(thrift));
  } catch (const std::exception& failure) {  // The library's, and those of what it is made of.
    return Malformed(failure.what());
  }
}

}  // namespace weir::datafile
