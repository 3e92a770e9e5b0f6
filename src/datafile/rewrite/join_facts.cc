// SPDX-License-Identifier: Apache-2.0
#include "datafile/rewrite/join_facts.h"

#include <algorithm>
#include <utility>

namespace weir::datafile {
namespace {

/// Rows that a bound must hold for.
int64_t BoundedRows(const ColumnStatistics& statistics) {
  return statistics.value_count - statistics.null_count - statistics.nan_count.value_or(0);
}

/// `choose`: of two bounds the one that holds for both.
template <typename Choose>
std::optional<Bound> JoinBound(const std::optional<Bound>& a, int64_t rows_a,
                               const std::optional<Bound>& b, int64_t rows_b, Choose choose) {
  if (rows_a == 0) return b;
  if (rows_b == 0) return a;
  if (!a || !b || a->index() != b->index()) return std::nullopt;
  return choose(*a, *b);
}

ColumnStatistics Join(const ColumnStatistics& a, const ColumnStatistics& b) {
  const int64_t rows_a = BoundedRows(a), rows_b = BoundedRows(b);
  ColumnStatistics both{.value_count = a.value_count + b.value_count,
                        .null_count = a.null_count + b.null_count};
  both.lower = JoinBound(a.lower, rows_a, b.lower, rows_b,
                         [](const Bound& x, const Bound& y) { return std::min(x, y); });
  both.upper = JoinBound(a.upper, rows_a, b.upper, rows_b,
                         [](const Bound& x, const Bound& y) { return std::max(x, y); });
  if (a.nan_count && b.nan_count) both.nan_count = *a.nan_count + *b.nan_count;
  return both;
}

}  // namespace

DataFile JoinFacts(std::span<const DataFile* const> files) {
  DataFile joined;
  joined.statistics = files.front()->statistics;
  for (const DataFile* file : files) {
    joined.record_count += file->record_count;
    for (const auto& [id, bytes] : file->column_bytes) joined.column_bytes[id] += bytes;
  }
  for (const DataFile* file : files.subspan(1)) {
    std::erase_if(joined.statistics,
                  [&](const auto& known) { return !file->statistics.contains(known.first); });
    for (auto& [id, statistics] : joined.statistics) {
      statistics = Join(statistics, file->statistics.at(id));
    }
  }
  return joined;
}

}  // namespace weir::datafile
