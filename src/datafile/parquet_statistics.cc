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
  int64_t unbounded_groups = 0;  // Row groups that have values and no bounds.
  std::optional<Bound> lower, upper;
};

template <typename TypedStatistics>
std::pair<Bound, Bound> BoundsOf(const parquet::Statistics& statistics) {
  const auto& typed = static_cast<const TypedStatistics&>(statistics);
  return {Bound(typed.min()), Bound(typed.max())};
}

void Add(const parquet::ColumnChunkMetaData& chunk, Sum& sum) {
  const std::shared_ptr<parquet::Statistics> statistics = chunk.statistics();
  if (statistics == nullptr || !statistics->HasNullCount()) {
    sum.has_null_count = false;
    return;
  }
  sum.null_count += statistics->null_count();
  if (!statistics->HasMinMax()) {
    sum.unbounded_groups += statistics->null_count() != chunk.num_values();
    return;
  }
  const auto bounds = ReadBounds(*statistics);
  if (!bounds) {
    ++sum.unbounded_groups;
    return;
  }
  sum.lower = sum.lower ? std::min(*sum.lower, bounds->first) : bounds->first;
  sum.upper = sum.upper ? std::max(*sum.upper, bounds->second) : bounds->second;
}

/// The bounds of Parquet's row groups and of the long texts together. A batch is one row group or
/// more, so bounds are whole only where each unbounded row group is a batch of long texts.
void Bind(const Sum& sum, const LongTexts* texts, ColumnStatistics& statistics) {
  if (sum.unbounded_groups > (texts == nullptr ? 0 : texts->batches)) return;
  statistics.lower = sum.lower;
  statistics.upper = sum.upper;
  if (sum.lower && std::holds_alternative<std::string>(*sum.lower)) {
    statistics.lower = LowerBound(std::get<std::string>(*sum.lower));
    const std::optional<std::string> upper = UpperBound(std::get<std::string>(*sum.upper));
    statistics.upper = upper ? std::optional<Bound>(*upper) : std::nullopt;
  }
  if (texts == nullptr) return;
  const bool has_upper = texts->has_upper && (statistics.upper || !sum.upper);
  statistics.lower =
      statistics.lower ? std::min(*statistics.lower, Bound(texts->lower)) : Bound(texts->lower);
  const Bound upper =
      statistics.upper ? std::max(*statistics.upper, Bound(texts->upper)) : Bound(texts->upper);
  statistics.upper = has_upper ? std::optional<Bound>(upper) : std::nullopt;
}

}  // namespace

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

DataFile Describe(const parquet::FileMetaData& metadata, const ExtraStatistics& extra) {
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
    const int field_id = descriptor.schema_node()->field_id();
    ColumnStatistics statistics{.value_count = file.record_count,
                                .null_count = sums[column].null_count};
    Bind(sums[column], extra.FindLongTexts(field_id), statistics);
    file.statistics[field_id] = std::move(statistics);
  }
  extra.AddNanCountsTo(file);
  return file;
}

}  // namespace weir::datafile
