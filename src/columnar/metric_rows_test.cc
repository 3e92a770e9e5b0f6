// SPDX-License-Identifier: Apache-2.0
#include "columnar/metric_rows.h"

#include <gtest/gtest.h>

#include <string>

#include "columnar/test_rows.h"

namespace weir::columnar {
namespace {

using namespace wire;
using signal::Signal;
using std::string_literals::operator""s;

constexpr uint64_t kNanos = 1'700'000'000'000'000'000;

// The field of Metric that holds each kind's data.
constexpr uint32_t kGauge = 5, kSum = 7, kHistogram = 9, kExponential = 10, kSummary = 11;

std::string Times() { return Fixed64(2, kNanos - 10) + Fixed64(3, kNanos); }

std::string Metric(uint32_t kind, std::string_view data, std::string_view name = "m") {
  return Bytes(1, name) + Bytes(kind, data);
}

std::string Exemplar() {
  return Fixed64(2, 5) + Fixed64(6, 7) + Bytes(4, kSpanId) + Bytes(5, kTraceId) +
         Attributes(7, {{"k", Bool(true)}});
}

std::string Packed64(std::initializer_list<uint64_t> numbers) {
  WireWriter writer(64);
  for (const uint64_t number : numbers) writer.PackedFixed64(number);
  return writer.Take();
}

std::string PackedDoubles(std::initializer_list<double> numbers) {
  WireWriter writer(64);
  for (const double number : numbers) writer.PackedFixed64(std::bit_cast<uint64_t>(number));
  return writer.Take();
}

std::string PackedVarints(std::initializer_list<uint64_t> numbers) {
  WireWriter writer(64);
  for (const uint64_t number : numbers) writer.PackedVarint(number);
  return writer.Take();
}

/// The only row, from the column `first` on.
std::string RowFrom(TestRows& rows, const std::string& first) {
  const std::string text = RowText(*rows.Batch(), 0);
  return "\n" + text.substr(text.find("\n" + first + ":") + 1);
}

constexpr std::string_view kSumRow = R"(
record_id: 000007000000000001000000
time: 1700000000000000
date: 19675
service_name: shop
start_time_unix_nano: 1699999999999999990
time_unix_nano: 1700000000000000000
name: requests
description: how many
unit: 1
metric_type: sum
host_name: h
attributes: {a: x, n: 2}
attributes_types: si
flags: 1
is_monotonic: true
aggregation_temporality: AGGREGATION_TEMPORALITY_CUMULATIVE
value: 42
value_int: 42
quantiles: []
exemplars: [{time_unix_nano: 5, value: 7, value_int: 7, span_id: 4142434445464748, trace_id: 30313233343536373839616263646566, filtered_attributes: {k: true}, filtered_attributes_types: b}]
metadata: {source: prometheus}
resource: {attributes: {service.name: shop, host.name: h}, attributes_types: null, dropped_attributes_count: 0}
resource_schema_url: resource-url
instrumentation_scope: {name: lib, version: null, attributes: {}, attributes_types: null, dropped_attributes_count: 0}
metric_schema_url: metric-url
)";

TEST(MetricRows, PutTheDataOfAMetricInPiecesTogether) {
  const std::string point = Bytes(1, "");
  TestRows rows(Signal::kMetrics);

  EXPECT_EQ(
      rows.Append(Request({Bytes(1, "m") + Bytes(5, point) + Bytes(5, point + point)})).accepted,
      3);
  // Of several kinds the last counts.
  EXPECT_EQ(rows.Append(Request({Bytes(5, point + point) + Bytes(7, point)})).accepted, 1);
}

TEST(MetricRows, FillTheColumnsOfASum) {
  const auto point = Attributes(7, {{"a", Text("x")}, {"n", Int(2)}}) + Times() + Fixed64(6, 42) +
                     Varint(8, 1) + Bytes(5, Exemplar());
  const auto metric = Bytes(1, "requests") + Bytes(2, "how many") + Bytes(3, "1") +
                      Bytes(kSum, Varint(2, 2) + Varint(3, 1) + Bytes(1, point)) +
                      Attributes(12, {{"source", Text("prometheus")}});
  const auto resource = Attributes(1, {{"service.name", Text("shop")}, {"host.name", Text("h")}});
  TestRows rows(Signal::kMetrics);
  rows.Append(Bytes(
      1, Bytes(1, resource) + Bytes(3, "resource-url") +
             Bytes(2, Bytes(1, Bytes(1, "lib")) + Bytes(2, metric) + Bytes(3, "metric-url"))));

  std::string row = RowText(*rows.Batch(), 0);
  const size_t series = row.find("series_id: ");
  ASSERT_NE(series, std::string::npos);
  row.erase(series, row.find('\n', series) + 1 - series);  // Its value is a hash: see below.
  EXPECT_EQ(row, kSumRow);
}

TEST(MetricRows, FillTheColumnsOfAGauge) {
  TestRows rows(Signal::kMetrics);
  rows.Append(Request({Metric(kGauge, Bytes(1, Times() + Double(4, 1.5)))}));

  EXPECT_EQ(rows.Cell("metric_type"), "gauge");
  EXPECT_EQ(rows.Cell("value"), "1.5");
  for (const auto* absent :
       {"value_int", "is_monotonic", "aggregation_temporality", "count", "sum", "bucket_counts",
        "explicit_bounds", "scale", "zero_count", "positive_bucket_counts"}) {
    EXPECT_EQ(rows.Cell(absent), "null") << absent;
  }
}

TEST(MetricRows, KeepAPointWithoutAValueAsNull) {
  TestRows rows(Signal::kMetrics);
  rows.Append(Request({Metric(kGauge, Bytes(1, Times() + Varint(8, 1)))}));

  EXPECT_EQ(rows.Cell("value"), "null");
  EXPECT_EQ(rows.Cell("flags"), "1");
}

constexpr std::string_view kHistogramRow = R"(
aggregation_temporality: AGGREGATION_TEMPORALITY_DELTA
count: 3
sum: 4.5
min: 0.5
max: 3
bucket_counts: [1, 2]
explicit_bounds: [1.5]
quantiles: []
exemplars: []
metadata: {}
resource: {attributes: {}, attributes_types: null, dropped_attributes_count: 0}
instrumentation_scope: {name: null, version: null, attributes: {}, attributes_types: null, dropped_attributes_count: 0}
)";

TEST(MetricRows, FillTheColumnsOfAHistogram) {
  const auto point = Times() + Fixed64(4, 3) + Double(5, 4.5) + Bytes(6, Packed64({1, 2})) +
                     Bytes(7, PackedDoubles({1.5})) + Double(11, 0.5) + Double(12, 3);
  TestRows rows(Signal::kMetrics);
  rows.Append(Request({Metric(kHistogram, Bytes(1, point) + Varint(2, 1))}));

  EXPECT_EQ(rows.Cell("metric_type"), "histogram");
  EXPECT_EQ(RowFrom(rows, "aggregation_temporality"), kHistogramRow);
}

TEST(MetricRows, TakeBucketsThatAreNotPacked) {
  const auto point = Fixed64(6, 1) + Double(7, 1.5) + Fixed64(6, 2);
  TestRows rows(Signal::kMetrics);
  rows.Append(Request({Metric(kHistogram, Bytes(1, point))}));

  EXPECT_EQ(rows.Cell("bucket_counts"), "[1, 2]");
  EXPECT_EQ(rows.Cell("explicit_bounds"), "[1.5]");
  EXPECT_EQ(rows.Cell("sum"), "null");
}

constexpr std::string_view kExponentialRow = R"(
count: 9
sum: 1
min: -1
max: 2
scale: -2
zero_count: 3
zero_threshold: 0.25
positive_offset: -5
positive_bucket_counts: [1, 300]
negative_offset: 0
negative_bucket_counts: [7]
quantiles: []
)";

TEST(MetricRows, FillTheColumnsOfAnExponentialHistogram) {
  // 9 and 3 are -5 and -2 in zigzag.
  const auto point = Times() + Fixed64(4, 9) + Double(5, 1) + Varint(6, 3) + Fixed64(7, 3) +
                     Bytes(8, Varint(1, 9) + Bytes(2, PackedVarints({1, 300}))) +
                     Bytes(9, Varint(2, 7)) + Double(12, -1) + Double(13, 2) + Double(14, 0.25) +
                     Bytes(11, Exemplar()) + Attributes(1, {{"a", Text("x")}});
  TestRows rows(Signal::kMetrics);
  rows.Append(Request({Metric(kExponential, Bytes(1, point) + Varint(2, 2))}));

  const std::string row = RowFrom(rows, "count");
  EXPECT_EQ(row.substr(0, kExponentialRow.size()), kExponentialRow);
  EXPECT_EQ(rows.Cell("metric_type"), "exponential_histogram");
  EXPECT_EQ(rows.Cell("attributes"), "{a: x}");
  EXPECT_NE(rows.Cell("exemplars"), "[]");
}

TEST(MetricRows, TellAbsentExponentialBucketsFromEmptyOnes) {
  TestRows rows(Signal::kMetrics);
  rows.Append(Request({Metric(kExponential, Bytes(1, Bytes(8, "")))}));

  EXPECT_EQ(rows.Cell("positive_bucket_counts"), "[]");
  EXPECT_EQ(rows.Cell("positive_offset"), "0");
  EXPECT_EQ(rows.Cell("negative_bucket_counts"), "null");
  EXPECT_EQ(rows.Cell("negative_offset"), "null");
}

TEST(MetricRows, FillTheColumnsOfASummary) {
  const auto point = Times() + Fixed64(4, 2) + Bytes(6, Double(1, 0.5) + Double(2, 10)) +
                     Bytes(6, Double(1, 1)) + Attributes(7, {{"a", Text("x")}});
  TestRows rows(Signal::kMetrics);
  rows.Append(Request({Metric(kSummary, Bytes(1, point))}));

  EXPECT_EQ(rows.Cell("metric_type"), "summary");
  EXPECT_EQ(rows.Cell("count"), "2");
  EXPECT_EQ(rows.Cell("sum"), "0");
  EXPECT_EQ(rows.Cell("attributes"), "{a: x}");
  EXPECT_EQ(rows.Cell("quantiles"), "[{quantile: 0.5, value: 10}, {quantile: 1, value: 0}]");
}

TEST(MetricRows, TakePointsWithoutATimeAtTheTimeTheyCame) {
  TestRows rows(Signal::kMetrics);
  rows.Append(Request({Metric(kGauge, Bytes(1, Double(4, 1)))}));

  EXPECT_EQ(rows.Cell("time"), "1700000000000000");
  EXPECT_EQ(rows.Cell("time_unix_nano"), "0");
}

std::string SeriesOf(std::string_view metric, const Envelope& around = {}) {
  TestRows rows(Signal::kMetrics);
  rows.Append(Request({std::string(metric)}, around));
  return rows.Cell("series_id");
}

std::string SeriesPoint(std::initializer_list<std::pair<std::string_view, std::string>> attributes,
                        double value) {
  return Metric(kGauge, Bytes(1, Attributes(7, attributes) + Double(4, value)));
}

TEST(MetricRows, GiveEqualSeriesEqualIds) {
  const auto series = SeriesOf(SeriesPoint({{"a", Int(1)}, {"b", Int(2)}}, 1));

  EXPECT_EQ(SeriesOf(SeriesPoint({{"b", Int(2)}, {"a", Int(1)}}, 5)), series);
  EXPECT_NE(SeriesOf(SeriesPoint({{"a", Int(2)}, {"b", Int(1)}}, 1)), series);
  EXPECT_NE(SeriesOf(SeriesPoint({{"a", Text("1")}, {"b", Int(2)}}, 1)), series);
  EXPECT_NE(SeriesOf(SeriesPoint({{"a", Int(1)}}, 1)), series);
}

TEST(MetricRows, TellSeriesApartByNameResourceAndScope) {
  const auto point = Bytes(1, Double(4, 1));
  const auto resource = Attributes(1, {{"service.name", Text("s")}});
  const auto series = SeriesOf(Metric(kGauge, point, "m"));

  EXPECT_NE(SeriesOf(Metric(kGauge, point, "n")), series);
  EXPECT_NE(SeriesOf(Metric(kGauge, point, "m"), {.resource = resource}), series);
  EXPECT_NE(SeriesOf(Metric(kGauge, point, "m"), {.scope = Bytes(1, "lib")}), series);
  EXPECT_NE(SeriesOf(Metric(kGauge, point, "m"), {.scope = Bytes(2, "lib")}), series);
}

// The same series in another file must have the same id, on any machine, in every release.
TEST(MetricRows, NeverChangeTheIdOfASeries) {
  const auto resource = Attributes(1, {{"service.name", Text("shop")}});

  EXPECT_EQ(
      SeriesOf(SeriesPoint({{"a", Int(1)}}, 1), {.resource = resource, .scope = Bytes(1, "lib")}),
      "-8131547022032651090");
}

TEST(MetricRows, SayWhyAPointIsRefusedAndKeepTheOthers) {
  const uint64_t above = uint64_t{1} << 63;
  const std::pair<const char*, std::string> cases[] = {
      {"start_time_unix_nano 9223372036854775808 is above 2^63-1",
       Metric(kGauge, Bytes(1, Fixed64(2, above)))},
      {"time_unix_nano 9223372036854775808 is above 2^63-1",
       Metric(kSum, Bytes(1, Fixed64(3, above)))},
      {"count 9223372036854775808 is above 2^63-1",
       Metric(kHistogram, Bytes(1, Fixed64(4, above)))},
      {"zero_count 9223372036854775808 is above 2^63-1",
       Metric(kExponential, Bytes(1, Fixed64(7, above)))},
      {"bucket count 9223372036854775808 is above 2^63-1",
       Metric(kHistogram, Bytes(1, Fixed64(6, above)))},
      {"bucket count 9223372036854775808 is above 2^63-1",
       Metric(kExponential, Bytes(1, Bytes(9, Varint(2, above))))},
      {"histogram buckets: malformed protobuf", Metric(kHistogram, Bytes(1, Bytes(6, "1234567")))},
      {"histogram buckets: malformed protobuf",
       Metric(kHistogram, Bytes(1, Bytes(7, "123456789")))},
      {"bucket counts: malformed protobuf",
       Metric(kExponential, Bytes(1, Bytes(8, Bytes(2, "\xff"))))},
      {"data point: malformed protobuf", Metric(kExponential, Bytes(1, Bytes(8, "\x08")))},
      {"data point: malformed protobuf", Metric(kGauge, Bytes(1, "\x08"))},
      {"quantile: malformed protobuf", Metric(kSummary, Bytes(1, Bytes(6, "\x09")))},
      {"exemplar: malformed protobuf", Metric(kGauge, Bytes(1, Bytes(5, "\x09")))},
      {"exemplar time_unix_nano 9223372036854775808 is above 2^63-1",
       Metric(kGauge, Bytes(1, Bytes(5, Fixed64(2, above))))},
      {"exemplar span_id has 1 bytes, not 8", Metric(kGauge, Bytes(1, Bytes(5, Bytes(4, "x"))))},
      {"exemplar trace_id has 1 bytes, not 16", Metric(kGauge, Bytes(1, Bytes(5, Bytes(5, "x"))))},
      {"exemplar attribute: malformed protobuf",
       Metric(kGauge, Bytes(1, Bytes(5, Bytes(7, "\x0a"))))},
      {"attribute: text is not UTF-8",
       Metric(kGauge, Bytes(1, Attributes(7, {{"k", Text("\xff")}})))},
      {"2 attributes, the limit is 1 (limits.attributes_per_record)",
       Metric(kGauge, Bytes(1, Attributes(7, {{"a", Int(1)}, {"b", Int(1)}})))},
      {"because", Metric(kGauge, Bytes(1, Bytes(kInvalidRecordField, "because")))},
  };
  for (const auto& [reason, metric] : cases) {
    TestRows rows(Signal::kMetrics, {.attributes_per_record = 1});
    const auto good = Metric(kGauge, Bytes(1, Double(4, 1)));
    const auto outcome = rows.Append(Request({good, metric, good}));

    EXPECT_EQ(outcome.reason, "data point 1: "s + reason);
    EXPECT_EQ(outcome.accepted, 2) << reason;
    EXPECT_EQ(outcome.rejected, 1) << reason;
    EXPECT_EQ(rows.Column("value"), (std::vector<std::string>{"1", "1"})) << reason;
  }
}

TEST(MetricRows, KeepNoListOfARefusedPoint) {
  const auto gauge = [&](uint64_t n) {
    return Bytes(1, Bytes(5, Fixed64(6, n)) + (n == 2 ? "\x08" : ""));
  };
  const auto summary = [&](uint64_t n) {
    return Bytes(1, Bytes(6, Double(1, static_cast<double>(n))) + (n == 2 ? "\x08" : ""));
  };
  const auto histogram = [&](uint64_t n) {
    return Bytes(1, Fixed64(6, n) + (n == 2 ? "\x08" : ""));
  };
  TestRows rows(Signal::kMetrics);
  rows.Append(Request({Metric(kGauge, gauge(1) + gauge(2) + gauge(3)),
                       Metric(kSummary, summary(1) + summary(2) + summary(3)),
                       Metric(kHistogram, histogram(1) + histogram(2) + histogram(3))}));

  const auto batch = rows.Batch();
  const auto exemplars = Cells(*batch->GetColumnByName("exemplars"));
  EXPECT_EQ(exemplars[1],
            "[{time_unix_nano: 0, value: 3, value_int: 3, span_id: null, trace_id: null, "
            "filtered_attributes: {}, filtered_attributes_types: null}]");
  EXPECT_EQ(Cells(*batch->GetColumnByName("quantiles")),
            (std::vector<std::string>{"[]", "[]", "[{quantile: 1, value: 0}]",
                                      "[{quantile: 3, value: 0}]", "[]", "[]"}));
  EXPECT_EQ(Cells(*batch->GetColumnByName("bucket_counts")),
            (std::vector<std::string>{"null", "null", "null", "null", "[1]", "[3]"}));
}

TEST(MetricRows, CountEveryPointOfAMetricThatIsRefused) {
  const auto three_points = Bytes(kGauge, Bytes(1, "") + Bytes(1, "") + Bytes(1, ""));
  const std::pair<const char*, std::string> cases[] = {
      {"metric name, description or unit: text is not UTF-8", Bytes(1, "\xff") + three_points},
      {"metric name, description or unit: text is not UTF-8", Bytes(2, "\xff") + three_points},
      {"metric name, description or unit: text is not UTF-8", Bytes(3, "\xff") + three_points},
      {"metadata: text is not UTF-8", three_points + Attributes(12, {{"k", Text("\xff")}})},
      {"because", three_points + Bytes(kInvalidRecordField, "because")},
      {"metric: malformed protobuf", three_points + "\x08"},
      {"metric name, description, unit or metadata: larger than the limit",
       three_points + Bytes(2, std::string(1001, 'd'))},
      {"metric name, description, unit or metadata: larger than the limit",
       three_points + Attributes(12, {{"a", Int(1)}, {"b", Int(1)}, {"c", Int(1)}})},
  };
  for (const auto& [reason, metric] : cases) {
    TestRows rows(Signal::kMetrics, {.origin_attributes = 2, .origin_bytes = 1000});
    const auto outcome =
        rows.Append(Request({metric, Metric(kGauge, Bytes(1, Double(4, 1)), "after")}));

    EXPECT_EQ(outcome.reason, "metric before data point 0: "s + reason);
    EXPECT_EQ(outcome.rejected, 3) << reason;
    EXPECT_EQ(rows.Cell("name"), "after") << reason;
    EXPECT_EQ(rows.Cell("metadata"), "{}") << reason;
  }
}

TEST(MetricRows, MakeNoRowOfAMetricWithoutPoints) {
  TestRows rows(Signal::kMetrics);
  const auto outcome = rows.Append(Request({Bytes(1, "m"), Metric(kGauge, "")}));

  EXPECT_EQ(outcome.accepted, 0);
  EXPECT_EQ(outcome.rejected, 0);
  EXPECT_EQ(rows.num_rows(), 0);
}

}  // namespace
}  // namespace weir::columnar
