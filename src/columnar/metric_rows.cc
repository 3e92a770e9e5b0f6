// SPDX-License-Identifier: Apache-2.0
#include "columnar/metric_rows.h"

#include <arrow/array.h>
#include <arrow/type.h>

#include <algorithm>
#include <utility>

#include "columnar/column/series_numbers.h"
#include "columnar/dead_letters/one_record_request.h"
#include "columnar/metric_point.h"
#include "columnar/wire/pieces.h"
#include "columnar/wire/wire_reader.h"

namespace weir::columnar {
namespace {

using enum WireType;

constexpr const char* kTypeNames[] = {
    "", "gauge", "sum", "histogram", "exponential_histogram", "summary"};

}  // namespace

/// A Metric message without its data points.
struct MetricRows::Metric {
  Kind kind = Kind::kNone;
  std::string_view name, description, unit;
  std::string_view data;  // The Gauge, Sum, … message.
  uint32_t data_tag = 0;
  std::string joined;  // Of data in pieces.
  uint64_t temporality = 0;
  bool is_monotonic = false;
  RecordError invalid;

  bool has_temporality() const {
    return kind == Kind::kSum || kind == Kind::kHistogram || kind == Kind::kExponentialHistogram;
  }
};

MetricRows::MetricRows(const DecodeLimits& limits)
    : limits_(limits),
      frame_(limits),
      metadata_(limits, TextUse::kShared),
      attributes_(limits),
      exemplars_(limits) {}

void MetricRows::AddRecord(const RowFrame::Record& record, RecordTally& tally) {
  Metric metric;
  RecordError error = InField("resource or scope", record.origin_error);
  if (error.empty()) error = ReadMetric(record.wire, metric);
  if (error.empty()) error = SetMetric(metric);
  if (!error.empty()) {
    TruncateMetrics(metrics_);
    // How many points a broken metric has is not always known; it counts as one at least.
    int64_t points = 0;
    WireReader reader(metric.data);
    while (reader.Next()) points += reader.tag() == Tag(1, kBytes);
    return tally.Refuse("metric before data point", error, record, record.wire,
                        std::max<int64_t>(points, 1));
  }
  ++metrics_;
  AddPoints(record, metric, tally);
}

RecordError MetricRows::ReadMetric(std::string_view wire, Metric& metric) {
  WireReader reader(wire);
  size_t metadata_bytes = 0;
  const auto data = [&](Kind kind) {
    if (metric.kind == kind) return AppendPiece(reader.bytes(), metric.data, metric.joined);
    metric.kind = kind;
    metric.data = reader.bytes();
    metric.data_tag = reader.tag();
    metric.joined.clear();
  };
  while (reader.Next()) {
    switch (reader.tag()) {
      case Tag(1, kBytes): metric.name = reader.bytes(); break;
      case Tag(2, kBytes): metric.description = reader.bytes(); break;
      case Tag(3, kBytes): metric.unit = reader.bytes(); break;
      case Tag(5, kBytes): data(Kind::kGauge); break;
      case Tag(7, kBytes): data(Kind::kSum); break;
      case Tag(9, kBytes): data(Kind::kHistogram); break;
      case Tag(10, kBytes): data(Kind::kExponentialHistogram); break;
      case Tag(11, kBytes): data(Kind::kSummary); break;
      case Tag(12, kBytes): {
        const DecodeError error = metadata_.Add(reader.bytes());
        if (error != DecodeError::kNone) return InField("metadata", error);
        metadata_bytes += reader.bytes().size();
        break;
      }
      case kInvalidRecord: metric.invalid = MarkedInvalid(reader.bytes()); break;
      default: break;
    }
  }
  if (!metric.invalid.empty()) return metric.invalid;
  // Like a resource, these come again with every data point.
  const size_t shared_bytes =
      metric.name.size() + metric.description.size() + metric.unit.size() + metadata_bytes;
  const bool is_large =
      shared_bytes > limits_.origin_bytes || metadata_.open_entries() > limits_.origin_attributes;
  if (is_large)
    return InField("metric name, description, unit or metadata", DecodeError::kTooLarge);
  WireReader kind(metric.data);
  while (kind.Next()) {
    if (kind.tag() == Tag(2, kVarint)) metric.temporality = kind.number();
    if (kind.tag() == Tag(3, kVarint)) metric.is_monotonic = kind.number() != 0;
  }
  return reader.ok() && kind.ok() ? RecordError() : InField("metric", DecodeError::kMalformed);
}

RecordError MetricRows::SetMetric(const Metric& metric) {
  const bool is_text = name_.SetUnlessEmpty(metrics_, metric.name) &&
                       description_.SetUnlessEmpty(metrics_, metric.description) &&
                       unit_.SetUnlessEmpty(metrics_, metric.unit) &&
                       type_.SetUnlessEmpty(metrics_, kTypeNames[static_cast<int>(metric.kind)]);
  if (!is_text) return InField("metric name, description or unit", DecodeError::kNotText);
  if (metric.has_temporality()) temporality_.Set(metrics_, metric.temporality);
  if (metric.kind == Kind::kSum) is_monotonic_.Set(metrics_, metric.is_monotonic);
  metadata_.CloseRow(metrics_);
  return {};
}

void MetricRows::AddPoints(const RowFrame::Record& record, const Metric& metric,
                           RecordTally& tally) {
  WireReader reader(metric.data);
  while (reader.Next()) {
    if (reader.tag() != Tag(1, kBytes)) continue;
    const int64_t row = frame_.num_rows();
    const RecordError error = AddPoint(record, metric, reader.bytes());
    if (error.empty()) {
      tally.Accept();
      continue;
    }
    Truncate(row);
    std::string alone;
    std::string_view refused = reader.bytes();
    if (tally.wants_letters() && !tally.IsJson(refused)) {
      refused = alone = OnePointMetric({record.wire, metric.data_tag, metric.data}, refused);
    }
    tally.Refuse(kItem, error, record, refused);
  }
}

RecordError MetricRows::AddPoint(const RowFrame::Record& record, const Metric& metric,
                                 std::string_view wire) {
  const int64_t row = frame_.num_rows();
  Point point;
  RecordError error;
  switch (metric.kind) {
    case Kind::kNone: break;
    case Kind::kGauge:
    case Kind::kSum: error = ReadNumberPoint(wire, point); break;
    case Kind::kHistogram: error = ReadHistogramPoint(wire, point); break;
    case Kind::kExponentialHistogram: error = ReadExponentialPoint(wire, point); break;
    case Kind::kSummary: error = ReadSummaryPoint(wire, point); break;
  }
  if (error.empty()) error = Check(metric.kind, point);
  if (!error.empty()) return error;
  const uint64_t series = frame_.origin_hash(record) + TextDictionary::Hash(metric.name) * 7 +
                          attributes_.open_hash() * 13;
  series_id_.Set(row, static_cast<int64_t>(series));
  metric_.push_back(metrics_ - 1);
  Set(row, metric.kind, point);
  const auto time = static_cast<int64_t>(point.time);
  frame_.AddRow(record, time != 0 ? time : frame_.received_unix_nano());
  return {};
}

RecordError MetricRows::Check(Kind kind, const Point& point) const {
  // A negative count would be beyond a long as well.
  uint64_t counts = point.start | point.time | point.count | point.zero_count;
  for (const auto* column : {&bucket_counts_, &positive_counts_, &negative_counts_}) {
    for (int64_t count : column->open()) counts |= static_cast<uint64_t>(count);
  }
  const bool is_usual = counts <= INT64_MAX && kind != Kind::kNone &&
                        attributes_.open_entries() <= limits_.attributes_per_record;
  return is_usual ? RecordError() : CheckOneByOne(kind, point);
}

RecordError MetricRows::CheckOneByOne(Kind kind, const Point& point) const {
  RecordError error = CheckFitsLong("start_time_unix_nano", point.start);
  if (error.empty()) error = CheckFitsLong("time_unix_nano", point.time);
  if (error.empty()) error = CheckFitsLong("count", point.count);
  if (error.empty()) error = CheckFitsLong("zero_count", point.zero_count);
  for (const auto* counts : {&bucket_counts_, &positive_counts_, &negative_counts_}) {
    for (int64_t count : counts->open()) {
      if (error.empty()) error = CheckFitsLong("bucket count", static_cast<uint64_t>(count));
    }
  }
  if (error.empty() && kind == Kind::kNone) error = "metric has no data";
  if (error.empty()) error = CheckAttributeCount(attributes_.open_entries(), limits_);
  return error;
}

void MetricRows::Set(int64_t row, Kind kind, const Point& point) {
  start_.Set(row, static_cast<int64_t>(point.start));
  time_.Set(row, static_cast<int64_t>(point.time));
  flags_.Set(row, static_cast<int32_t>(point.flags));
  value_.Set(row, point.value);
  if (point.sum) sum_.Set(row, *point.sum);
  if (point.min) min_.Set(row, *point.min);
  if (point.max) max_.Set(row, *point.max);
  const bool is_number = kind == Kind::kGauge || kind == Kind::kSum;
  if (!is_number) count_.Set(row, static_cast<int64_t>(point.count));
  if (kind == Kind::kHistogram) {
    bucket_counts_.CloseRow(row);
    explicit_bounds_.CloseRow(row);
  }
  if (kind == Kind::kExponentialHistogram) {
    scale_.Set(row, point.scale);
    zero_count_.Set(row, static_cast<int64_t>(point.zero_count));
    zero_threshold_.Set(row, point.zero_threshold);
    if (point.positive_offset)
      positive_offset_.Set(row, *point.positive_offset), positive_counts_.CloseRow(row);
    if (point.negative_offset)
      negative_offset_.Set(row, *point.negative_offset), negative_counts_.CloseRow(row);
  }
  attributes_.CloseRow(row);
  quantiles_.CloseRow(row);
  exemplars_.CloseRow(row);
}

void MetricRows::TruncateMetrics(int64_t metrics) {
  for (TextColumn* column : {&name_, &description_, &unit_, &type_}) column->Truncate(metrics);
  temporality_.Truncate(metrics);
  is_monotonic_.Truncate(metrics);
  metadata_.Truncate(metrics);
}

void MetricRows::Truncate(int64_t rows) {
  frame_.Truncate(rows);
  if (rows < static_cast<int64_t>(metric_.size())) metric_.resize(rows);
  for (auto* column : {&start_, &time_, &series_id_, &count_, &zero_count_}) column->Truncate(rows);
  for (auto* column : {&flags_, &scale_, &positive_offset_, &negative_offset_}) {
    column->Truncate(rows);
  }
  for (auto* column : {&sum_, &min_, &max_, &zero_threshold_}) column->Truncate(rows);
  value_.Truncate(rows);
  attributes_.Truncate(rows);
  for (auto* column : {&bucket_counts_, &positive_counts_, &negative_counts_})
    column->Truncate(rows);
  explicit_bounds_.Truncate(rows);
  quantiles_.Truncate(rows);
  exemplars_.Truncate(rows);
}

int64_t MetricRows::byte_size() const {
  int64_t bytes = frame_.byte_size() + attributes_.byte_size() + metadata_.byte_size() +
                  value_.byte_size() + quantiles_.byte_size() + exemplars_.byte_size() +
                  explicit_bounds_.byte_size() + is_monotonic_.byte_size() +
                  static_cast<int64_t>(metric_.capacity() * sizeof(int32_t));
  for (const auto* column : {&name_, &description_, &unit_, &type_}) bytes += column->byte_size();
  bytes += temporality_.byte_size();
  for (const auto* column : {&start_, &time_, &series_id_, &count_, &zero_count_}) {
    bytes += column->byte_size();
  }
  for (const auto* column : {&flags_, &scale_, &positive_offset_, &negative_offset_}) {
    bytes += column->byte_size();
  }
  for (const auto* column : {&bucket_counts_, &positive_counts_, &negative_counts_}) {
    bytes += column->byte_size();
  }
  for (const auto* column : {&sum_, &min_, &max_, &zero_threshold_}) bytes += column->byte_size();
  return bytes;
}

RowOrder MetricRows::Order() const {
  // Series first, since there are fewer than points; each has one name.
  RowOrder order{frame_.dates(), std::vector<int32_t>(metric_.size()), frame_.times_us()};
  SeriesNumbers numbers;
  std::vector<int32_t> first_rows;
  for (size_t row = 0; row < metric_.size(); ++row) {
    order.ranks[row] = numbers.Number(series_id_.at(static_cast<int64_t>(row)));
    const bool is_new = static_cast<size_t>(order.ranks[row]) == first_rows.size();
    if (is_new) first_rows.push_back(static_cast<int32_t>(row));
  }
  const std::vector<int32_t> name_ranks =
      RankTexts(name_.texts().size(), [&](int32_t id) { return name_.texts().at(id); });
  struct Series {
    int64_t id;
    int32_t number;
  };
  std::vector<std::vector<Series>> by_name(name_ranks.size() + 1);  // The nameless first.
  for (const int32_t row : first_rows) {
    const int32_t name = name_.id_at(metric_[row]);
    by_name[name < 0 ? 0 : name_ranks[name] + 1].push_back({series_id_.at(row), order.ranks[row]});
  }
  std::vector<int32_t> ranks(first_rows.size());
  int32_t next = 0;
  for (std::vector<Series>& all : by_name) {
    std::ranges::sort(all, {}, &Series::id);
    for (const Series& series : all) ranks[series.number] = next++;
  }
  for (int32_t& rank : order.ranks) rank = ranks[rank];
  return order;
}

std::vector<std::shared_ptr<arrow::Array>> MetricRows::Gather(Positions order,
                                                              const arrow::Schema& schema) {
  std::vector<std::shared_ptr<arrow::Array>> columns;
  const auto add = [&](std::shared_ptr<arrow::Array> column) {
    columns.push_back(std::move(column));
  };
  const auto field = [&](const char* name) -> const arrow::Field& {
    return *schema.GetFieldByName(name);
  };
  const auto map_type = [&](const char* name) -> const arrow::MapType& {
    return static_cast<const arrow::MapType&>(*field(name).type());
  };
  std::vector<int32_t> metrics(order.size());
  for (size_t i = 0; i < order.size(); ++i) metrics[i] = metric_[order[i]];

  frame_.GatherIdentityTo(order, columns);
  add(start_.Gather(order, arrow::int64()));
  add(time_.Gather(order, arrow::int64()));
  add(name_.Gather(metrics));
  add(description_.Gather(metrics));
  add(unit_.Gather(metrics));
  add(type_.Gather(metrics));
  add(series_id_.Gather(order, arrow::int64()));
  frame_.GatherPromotedTo(order, columns);
  add(attributes_.GatherMap(order, map_type("attributes")));
  add(attributes_.GatherTypes(order));
  add(flags_.Gather(order, arrow::int32()));
  add(is_monotonic_.Gather(metrics, arrow::boolean()));
  add(temporality_.Gather(metrics));
  add(value_.GatherValue(order));
  add(value_.GatherValueInt(order));
  add(count_.Gather(order, arrow::int64()));
  for (auto* column : {&sum_, &min_, &max_}) add(column->Gather(order, arrow::float64()));
  add(bucket_counts_.Gather(order, field("bucket_counts")));
  add(explicit_bounds_.Gather(order, field("explicit_bounds")));
  add(scale_.Gather(order, arrow::int32()));
  add(zero_count_.Gather(order, arrow::int64()));
  add(zero_threshold_.Gather(order, arrow::float64()));
  add(positive_offset_.Gather(order, arrow::int32()));
  add(positive_counts_.Gather(order, field("positive_bucket_counts")));
  add(negative_offset_.Gather(order, arrow::int32()));
  add(negative_counts_.Gather(order, field("negative_bucket_counts")));
  add(quantiles_.Gather(order, field("quantiles")));
  add(exemplars_.Gather(order, field("exemplars")));
  add(metadata_.GatherMap(metrics, map_type("metadata")));
  frame_.GatherOriginTo(order, schema, columns);
  return columns;
}

Status MetricRows::WriteTo(const LeafTarget& out) const {
  const RowFrame::OriginSlots origins = frame_.FindOrigins(out.slots.positions);
  Slots metric_slots;
  metric_slots.extent = metrics_;
  for (const int32_t row : out.slots.positions) metric_slots.positions.push_back(metric_[row]);
  const LeafTarget metrics{out.sink, metric_slots, out.scratch};

  TRY(frame_.WriteIdentityTo(out, origins));
  TRY(start_.WriteTo(out));
  TRY(time_.WriteTo(out));
  TRY(name_.WriteTo(metrics));
  TRY(description_.WriteTo(metrics));
  TRY(unit_.WriteTo(metrics));
  TRY(type_.WriteTo(metrics));
  TRY(series_id_.WriteTo(out));
  TRY(frame_.WritePromotedTo(out, origins));
  TRY(attributes_.WriteTo(out));
  TRY(flags_.WriteTo(out));
  TRY(is_monotonic_.WriteTo(metrics));
  TRY(temporality_.WriteTo(metrics));
  TRY(value_.WriteTo(out));
  TRY(count_.WriteTo(out));
  for (const auto* column : {&sum_, &min_, &max_}) TRY(column->WriteTo(out));
  TRY(bucket_counts_.WriteTo(out));
  TRY(explicit_bounds_.WriteTo(out));
  TRY(scale_.WriteTo(out));
  TRY(zero_count_.WriteTo(out));
  TRY(zero_threshold_.WriteTo(out));
  TRY(positive_offset_.WriteTo(out));
  TRY(positive_counts_.WriteTo(out));
  TRY(negative_offset_.WriteTo(out));
  TRY(negative_counts_.WriteTo(out));
  TRY(quantiles_.WriteTo(out));
  TRY(exemplars_.WriteTo(out));
  TRY(metadata_.WriteMapTo(metrics));
  return frame_.WriteOriginTo(out, origins);
}

}  // namespace weir::columnar
