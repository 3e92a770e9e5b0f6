// SPDX-License-Identifier: Apache-2.0
#pragma once
// Rows of otel_metrics, from ExportMetricsServiceRequest.

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "columnar/column/enum_names.h"
#include "columnar/column/number_list_column.h"
#include "columnar/dead_letters/record_tally.h"
#include "columnar/metric_children.h"
#include "columnar/row_frame.h"

namespace weir::columnar {

/// One thread. A row a data point of any of the five kinds, in request order until Finish sorts
/// them by (name, series_id, time). Source: opentelemetry-proto, metrics/v1/metrics.proto.
class MetricRows final {
 public:
  static constexpr std::string_view kItem = "data point";

  explicit MetricRows(const DecodeLimits& limits);

  RowFrame& frame() { return frame_; }
  const RowFrame& frame() const { return frame_; }
  /// Appends all data points of the Metric message `record.wire`; those that can't be kept are left
  /// out.
  void AddRecord(const RowFrame::Record& record, RecordTally& tally);
  void Truncate(int64_t rows);
  int64_t byte_size() const;
  RowOrder Order() const;
  std::vector<std::shared_ptr<arrow::Array>> Gather(Positions order, const arrow::Schema& schema);
  /// The leaves of all columns, in the order of the table's schema.
  Status WriteTo(const LeafTarget& out) const;

 private:
  enum class Kind : uint8_t { kNone, kGauge, kSum, kHistogram, kExponentialHistogram, kSummary };
  struct Metric;
  struct Point;

  RecordError ReadMetric(std::string_view wire, Metric& metric);
  RecordError SetMetric(const Metric& metric);
  void AddPoints(const RowFrame::Record& record, const Metric& metric, RecordTally& tally);
  RecordError AddPoint(const RowFrame::Record& record, const Metric& metric, std::string_view wire);
  // Each reads the fields of one kind of data point; list members go into their columns at once.
  RecordError ReadNumberPoint(std::string_view wire, Point& point);
  RecordError ReadHistogramPoint(std::string_view wire, Point& point);
  RecordError ReadExponentialPoint(std::string_view wire, Point& point);
  RecordError ReadBuckets(std::string_view wire, std::optional<int32_t>& offset,
                          NumberListColumn<int64_t>& counts);
  RecordError ReadSummaryPoint(std::string_view wire, Point& point);
  RecordError AddAttribute(std::string_view wire);
  RecordError Check(Kind kind, const Point& point) const;
  RecordError CheckOneByOne(Kind kind, const Point& point) const;
  void Set(int64_t row, Kind kind, const Point& point);
  void TruncateMetrics(int64_t metrics);

  const DecodeLimits& limits_;
  RowFrame frame_;

  // One a metric, chosen by metric_ of each row.
  int32_t metrics_ = 0;
  TextColumn name_{TextUse::kShared}, description_{TextUse::kShared}, unit_{TextUse::kShared};
  TextColumn type_{TextUse::kShared};
  EnumColumn temporality_{TemporalityName, TextUse::kShared};
  NumberColumn<uint8_t> is_monotonic_;
  AttributeColumns metadata_;
  std::vector<int32_t> metric_;

  // One a data point.
  NumberColumn<int64_t> start_, time_, series_id_, count_, zero_count_;
  NumberColumn<int32_t> flags_, scale_, positive_offset_, negative_offset_;
  NumberColumn<double> sum_, min_, max_, zero_threshold_;
  PointValueColumns value_;
  AttributeColumns attributes_;
  NumberListColumn<int64_t> bucket_counts_, positive_counts_, negative_counts_;
  NumberListColumn<double> explicit_bounds_;
  QuantileColumns quantiles_;
  ExemplarColumns exemplars_;
};

}  // namespace weir::columnar
