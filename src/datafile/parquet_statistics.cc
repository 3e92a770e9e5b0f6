// SPDX-License-Identifier: Apache-2.0
#include "datafile/parquet_statistics.h"

#include <parquet/schema.h>
#include <parquet/statistics.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "datafile/text_bound.h"

namespace weir::datafile {
namespace {

/// One column's statistics while row groups are added up; texts are whole until the end.
struct Sum {
  int64_t null_count = 0;
  bool has_null_count = true;
  bool has_bounds = true;  // False as soon as a row group with values has none.
  std::optional<Bound> lower, upper;
};

template <typename TypedStatistics>
std::pair<Bound, Bound> BoundsOf(const parquet::Statistics& statistics) {
  const auto& typed = static_cast<const TypedStatistics&>(statistics);
  return {Bound(typed.min()), Bound(typed.max())};
}

std::optional<std::pair<Bound, Bound>> ReadBounds(const parquet::Statistics& statistics) {
  switch (statistics.physical_type()) {
    case parquet::Type::BOOLEAN: return BoundsOf<parquet::BoolStatistics>(statistics);
    case parquet::Type::INT32: return BoundsOf<parquet::Int32Statistics>(statistics);
    case parquet::Type::INT64: return BoundsOf<parquet::Int64Statistics>(statistics);
    case parquet::Type::DOUBLE: return BoundsOf<parquet::DoubleStatistics>(statistics);
    case parquet::Type::BYTE_ARRAY: {
      const auto& typed = static_cast<const parquet::ByteArrayStatistics&>(statistics);
      return std::pair<Bound, Bound>(std::string(std::string_view(typed.min())),
                                     std::string(std::string_view(typed.max())));
    }
    default: return std::nullopt;
  }
}

void Add(const parquet::ColumnChunkMetaData& chunk, Sum& sum) {
  const std::shared_ptr<parquet::Statistics> statistics = chunk.statistics();
  if (statistics == nullptr || !statistics->HasNullCount()) {
    sum.has_null_count = sum.has_bounds = false;
    return;
  }
  sum.null_count += statistics->null_count();
  if (!statistics->HasMinMax()) {
    sum.has_bounds &= statistics->null_count() == chunk.num_values();
    return;
  }
  const auto bounds = ReadBounds(*statistics);
  if (!bounds) {
    sum.has_bounds = false;
    return;
  }
  sum.lower = sum.lower ? std::min(*sum.lower, bounds->first) : bounds->first;
  sum.upper = sum.upper ? std::max(*sum.upper, bounds->second) : bounds->second;
}

ColumnStatistics Finish(const Sum& sum, int64_t rows) {
  ColumnStatistics statistics{.value_count = rows, .null_count = sum.null_count};
  if (!sum.has_bounds || !sum.lower) return statistics;
  statistics.lower = sum.lower;
  statistics.upper = sum.upper;
  if (const auto* text = std::get_if<std::string>(&*sum.lower))
    statistics.lower = LowerBound(*text);
  if (const auto* text = std::get_if<std::string>(&*sum.upper)) {
    const std::optional<std::string> upper = UpperBound(*text);
    statistics.upper = upper ? std::optional<Bound>(*upper) : std::nullopt;
  }
  return statistics;
}

}  // namespace

DataFile Describe(const parquet::FileMetaData& metadata) {
  DataFile file;
  file.record_count = metadata.num_rows();
  std::vector<Sum> sums(metadata.num_columns());
  for (int group = 0; group < metadata.num_row_groups(); ++group) {
    const auto row_group = metadata.RowGroup(group);
    for (int column = 0; column < metadata.num_columns(); ++column) {
      const auto chunk = row_group->ColumnChunk(column);
      const int field_id = metadata.schema()->Column(column)->schema_node()->field_id();
      file.column_bytes[field_id] += chunk->total_compressed_size();
      Add(*chunk, sums[column]);
      if (column == 0) {
        file.split_offsets.push_back(
            chunk->has_dictionary_page()
                ? std::min(chunk->dictionary_page_offset(), chunk->data_page_offset())
                : chunk->data_page_offset());
      }
    }
  }
  for (int column = 0; column < metadata.num_columns(); ++column) {
    const parquet::ColumnDescriptor& descriptor = *metadata.schema()->Column(column);
    if (descriptor.max_repetition_level() > 0 || !sums[column].has_null_count) continue;
    file.statistics[descriptor.schema_node()->field_id()] = Finish(sums[column], file.record_count);
  }
  return file;
}

}  // namespace weir::datafile
