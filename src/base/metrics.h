// SPDX-License-Identifier: Apache-2.0
#pragma once
// Self-telemetry: counters, gauges and histograms, rendered in Prometheus' text format.

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/guarded.h"

namespace weir::metrics {

using Labels = std::vector<std::string>;

/// Only grows. Any thread.
class Counter {
 public:
  void Add(int64_t by = 1) { value_.fetch_add(by, std::memory_order_relaxed); }
  int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<int64_t> value_{0};
};

/// A level that goes up and down. Any thread.
class Gauge {
 public:
  void Set(double value) { value_.store(value, std::memory_order_relaxed); }
  double value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<double> value_{0};
};

/// Counts observations under upper bounds that double from 0.25 ms to 65 s; values are seconds. Any
/// thread.
class Histogram {
 public:
  static constexpr int kBuckets = 19;
  static double UpperBound(int bucket);
  void Observe(double seconds);
  int64_t count(int bucket) const { return counts_[bucket].load(std::memory_order_relaxed); }
  double sum() const { return sum_.load(std::memory_order_relaxed); }

 private:
  std::atomic<int64_t> counts_[kBuckets + 1] = {};
  std::atomic<double> sum_{0};
};

/// One metric name with a child for every combination of label values met. Any thread.
/// Lives for the whole program and registers itself; keep the reference that With() gives on hot
/// paths.
template <typename Instrument>
class Family {
 public:
  Family(std::string name, std::string help, Labels label_names = {});
  Instrument& With(const Labels& label_values = {});
  void RenderTo(std::string& out) const;

 private:
  const std::string name_, help_;
  const Labels label_names_;
  mutable Guarded<std::map<Labels, std::unique_ptr<Instrument>>> children_;
};

extern template class Family<Counter>;
extern template class Family<Gauge>;
extern template class Family<Histogram>;

/// All metrics of the process in Prometheus' text exposition format 0.0.4.
std::string RenderPrometheus();

}  // namespace weir::metrics
