// SPDX-License-Identifier: Apache-2.0
#pragma once
// Least and largest values of a page and of a column chunk, without going through arrays.

#include <parquet/statistics.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "datafile/data_file.h"
#include "datafile/text_statistics.h"
#include "signal/leaf_column.h"

namespace weir::datafile {

std::optional<Bounds> BoundsOf(std::span<const int32_t> values);
std::optional<Bounds> BoundsOf(std::span<const int64_t> values);
/// NaNs bound nothing and are added to `nans`; zero is bounded by -0.0 and +0.0.
std::optional<Bounds> BoundsOf(std::span<const double> values, int64_t& nans);
/// A byte each, 0 or 1.
std::optional<Bounds> BoundsOfBools(std::span<const uint8_t> values);
/// Adds up the pages of one column chunk. One thread.
class ChunkStatistics {
 public:
  /// Statistics of a page of `values` values and `nulls` more entries, as Parquet stores them.
  /// Takes it in.
  parquet::EncodedStatistics AddPage(std::optional<Bounds> bounds, int64_t values, int64_t nulls,
                                     bool is_signed);
  /// Those of all pages together.
  parquet::EncodedStatistics Encode(bool is_signed) const;
  const std::optional<Bounds>& bounds() const { return bounds_; }

 private:
  std::optional<Bounds> bounds_;
  int64_t values_ = 0, nulls_ = 0;
};

}  // namespace weir::datafile
