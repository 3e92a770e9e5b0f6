// SPDX-License-Identifier: Apache-2.0
#include "datafile/leaf_statistics.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>
#include <variant>

#include "datafile/extra_statistics.h"

namespace weir::datafile {
namespace {

/// Several independent minima and maxima, so that one comparison need not wait for the one before.
template <typename Number>
std::optional<Bounds> BoundsOfNumbers(std::span<const Number> values) {
  if (values.empty()) return std::nullopt;
  constexpr size_t kLanes = 8;
  Number least[kLanes], largest[kLanes];
  std::fill_n(least, kLanes, values[0]);
  std::fill_n(largest, kLanes, values[0]);
  size_t at = 0;
  for (; at + kLanes <= values.size(); at += kLanes) {
    for (size_t i = 0; i < kLanes; ++i) {
      least[i] = std::min(least[i], values[at + i]);
      largest[i] = std::max(largest[i], values[at + i]);
    }
  }
  for (; at < values.size(); ++at) {
    least[0] = std::min(least[0], values[at]);
    largest[0] = std::max(largest[0], values[at]);
  }
  return Bounds{*std::min_element(least, least + kLanes),
                *std::max_element(largest, largest + kLanes)};
}

template <typename Number>
std::string PlainOf(Number number) {
  return std::string(reinterpret_cast<const char*>(&number), sizeof number);
}

struct Plain {
  std::string operator()(const std::string& text) const { return text; }
  template <typename Number>
  std::string operator()(Number number) const {
    return PlainOf(number);
  }
};

parquet::EncodedStatistics EncodeBounds(const std::optional<Bounds>& bounds, int64_t values,
                                        int64_t nulls, bool is_signed) {
  parquet::EncodedStatistics encoded;
  encoded.set_null_count(nulls);
  encoded.all_null_value = values == 0;
  encoded.set_is_signed(is_signed);
  if (!bounds) return encoded;
  encoded.set_min(std::visit(Plain(), bounds->lower));
  encoded.set_max(std::visit(Plain(), bounds->upper));
  encoded.is_min_value_exact = encoded.is_max_value_exact = true;
  encoded.ApplyStatSizeLimits(kListedTextBytesMax);
  return encoded;
}

}  // namespace

std::optional<Bounds> BoundsOf(std::span<const int32_t> values) { return BoundsOfNumbers(values); }

std::optional<Bounds> BoundsOf(std::span<const int64_t> values) { return BoundsOfNumbers(values); }

std::optional<Bounds> BoundsOf(std::span<const double> values, int64_t& nans) {
  constexpr size_t kLanes = 4;
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  double least[kLanes], largest[kLanes];
  int64_t counts[kLanes] = {};
  std::fill_n(least, kLanes, kInfinity);
  std::fill_n(largest, kLanes, -kInfinity);
  // No comparison with a NaN is true.
  const auto add = [&](size_t lane, double value) {
    least[lane] = value < least[lane] ? value : least[lane];
    largest[lane] = value > largest[lane] ? value : largest[lane];
    counts[lane] += value != value;
  };
  size_t at = 0;
  for (; at + kLanes <= values.size(); at += kLanes) {
    for (size_t i = 0; i < kLanes; ++i) add(i, values[at + i]);
  }
  for (; at < values.size(); ++at) add(0, values[at]);
  const int64_t found = std::accumulate(counts, counts + kLanes, int64_t{0});
  nans += found;
  if (found == std::ssize(values)) return std::nullopt;
  Bounds bounds{*std::min_element(least, least + kLanes),
                *std::max_element(largest, largest + kLanes)};
  // The two zeros are equal, and which of them a reader takes for the less is its own business.
  if (bounds.lower == Bound(0.0)) bounds.lower = -0.0;
  if (bounds.upper == Bound(0.0)) bounds.upper = 0.0;
  return bounds;
}

std::optional<Bounds> BoundsOfBools(std::span<const uint8_t> values) {
  if (values.empty()) return std::nullopt;
  const bool has_false = std::ranges::count(values, 0) > 0;
  const bool has_true = std::ranges::count(values, 1) > 0;
  return Bounds{!has_false, has_true};
}

parquet::EncodedStatistics ChunkStatistics::AddPage(std::optional<Bounds> bounds, int64_t values,
                                                    int64_t nulls, bool is_signed) {
  values_ += values;
  nulls_ += nulls;
  parquet::EncodedStatistics page = EncodeBounds(bounds, values, nulls, is_signed);
  if (bounds && !bounds_) {
    bounds_ = std::move(bounds);
  } else if (bounds) {
    bounds_->lower = std::min(bounds_->lower, bounds->lower);
    bounds_->upper = std::max(bounds_->upper, bounds->upper);
  }
  return page;
}

parquet::EncodedStatistics ChunkStatistics::Encode(bool is_signed) const {
  return EncodeBounds(bounds_, values_, nulls_, is_signed);
}

}  // namespace weir::datafile
