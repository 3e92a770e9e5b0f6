// SPDX-License-Identifier: Apache-2.0
#include "datafile/lookup/column_slices.h"

#include <fmt/format.h>
#include <parquet/metadata.h>
#include <parquet/schema.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "datafile/lookup/read_guarded.h"

namespace weir::datafile {
namespace {

// A chunk without page index is read once a slice.
constexpr int64_t kSliceRows = 128 << 10;

Result<ColumnSlice> ReadSlice(const PartReader& parts, const LeafPlace& place,
                              std::span<const int64_t> rows) {
  if (place.column < 0) return ColumnSlice::Null(std::ssize(rows));
  if (place.head.metadata().schema()->Column(place.column)->max_repetition_level() > 0) {
    return Error(ErrorKind::kBadRequest,
                 fmt::format("read {}: column {} is a list", place.head.path(), place.column));
  }
  LeafRows leaf = TRY(ReadLeaf(parts, place, rows));
  return ColumnSlice::Of(std::move(leaf), std::ssize(rows));
}

Status ForEachSliceOf(const PartReader& parts, const FileHead& head, int group,
                      std::span<const int> columns, const OnSlice& on_slice) {
  const int64_t count = head.metadata().RowGroup(group)->num_rows();
  std::vector<int64_t> rows;
  for (int64_t begin = 0; begin < count; begin += kSliceRows) {
    rows.resize(static_cast<size_t>(std::min(kSliceRows, count - begin)));
    std::iota(rows.begin(), rows.end(), begin);
    std::vector<ColumnSlice> slices;
    for (const int column : columns) {
      ColumnSlice slice = TRY(ReadSlice(parts, {head, group, column}, rows));
      slices.push_back(std::move(slice));
    }
    TRY(on_slice(std::ssize(rows), slices));
  }
  return Status::OK();
}

}  // namespace

Result<ColumnSlice> ColumnSlice::Of(LeafRows leaf, int64_t rows) {
  std::vector<int64_t> values(static_cast<size_t>(rows), -1);
  const bool has_levels = leaf.definition_max > 0;
  const auto count =
      static_cast<int64_t>(std::max({leaf.longs.size(), leaf.doubles.size(), leaf.ends.size()}));
  bool is_whole = !has_levels || std::ssize(leaf.definition) == rows;
  int64_t next = 0;
  for (int64_t row = 0; is_whole && row < rows; ++row) {
    if (!has_levels || leaf.definition[row] == leaf.definition_max) values[row] = next++;
  }
  is_whole = is_whole && next == count;
  if (!is_whole) return Error(ErrorKind::kBadRequest, "a column has another number of rows");
  return ColumnSlice(std::move(leaf), std::move(values));
}

Status ForEachSlice(const PartReader& parts, const FileHead& head,
                    const std::vector<std::string>& names, const OnSlice& on_slice) {
  return ReadGuarded(head.path(), [&]() -> Status {
    std::vector<int> columns;
    for (const std::string& name : names) {
      columns.push_back(head.metadata().schema()->ColumnIndex(name));
    }
    for (int group = 0; group < head.metadata().num_row_groups(); ++group) {
      TRY(ForEachSliceOf(parts, head, group, columns, on_slice));
    }
    return Status::OK();
  });
}

}  // namespace weir::datafile
